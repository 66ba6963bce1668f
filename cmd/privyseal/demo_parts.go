package main

import (
	"context"
	"crypto/rand"
	"net"
	"os/exec"
	"runtime"
)

// free is an address to listen on: as the person says, else the usual one, else
// a free port.
func free(said, usual string) string {
	if said != "" {
		return said
	}
	l, err := net.Listen("tcp", usual)
	if err != nil {
		return "127.0.0.1:0"
	}
	_ = l.Close()
	return usual
}

// listenOr says why an address of the demo cannot be had.
func listenOr(err error, addr string) error {
	if _, ok := err.(*net.OpError); ok || addr == "" {
		return listenError(addr, err)
	}
	return usage(err.Error(), "for example: --board 127.0.0.1:0 --desk 127.0.0.1:0")
}

// newPassphrase is easy to type: four times two syllables, 50 bits.
func newPassphrase() string {
	const consonants, vowels = "bdfghklmnprstvwz", "aeiou"
	var text []byte
	pick := func(from string) {
		var b [1]byte
		for { // what does not divide evenly is drawn anew
			_, _ = rand.Read(b[:])
			if n := 256 / len(from) * len(from); int(b[0]) < n {
				text = append(text, from[int(b[0])%len(from)])
				return
			}
		}
	}
	for i := range 4 {
		if i > 0 {
			text = append(text, '-')
		}
		for range 2 {
			pick(consonants)
			pick(vowels)
		}
	}
	return string(text)
}

// openPage opens a page in the person's browser; where there is none, the
// address is on the screen.
func openPage(ctx context.Context, url string) {
	program := map[string][]string{"darwin": {"open"}, "windows": {"rundll32", "url.dll,FileProtocolHandler"}}[runtime.GOOS]
	if program == nil {
		program = []string{"xdg-open"}
	}
	_ = exec.CommandContext(ctx, program[0], append(program[1:], url)...).Start()
}
