package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

func main() {
	ctx := context.Background()
	if isHalf(os.Args[1:]) {
		ignoreSignals()
	} else {
		var stop context.CancelFunc
		ctx, stop = signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
		context.AfterFunc(ctx, stop) // a second signal ends the program at once
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	m := NewMain()
	code := m.Main(ctx, os.Args[1:])
	m.Close()
	os.Exit(code)
}

// garbage is how many percent of the live heap may gather before it is
// collected: the heap is small, so memory is cheaper than collecting often.
const garbage = 400

// Main is the program, so that tests run it as it is.
type Main struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	// Public are the relays that `--relay public` chooses from.
	Public []string
	// AllowPrivate says that these may be on this computer.
	AllowPrivate bool

	cli     cli
	parsed  *kong.Context
	closers []func()
}

// NewMain is the program on the process's own streams.
func NewMain() *Main {
	return &Main{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Public: publicRelays}
}

// Main parses, runs and reports; it answers the exit code.
func (m *Main) Main(ctx context.Context, args []string) int {
	done, err := m.ParseFlags(args)
	if err == nil && !done {
		err = m.Run(ctx)
	}
	return m.report(err)
}

// ParseFlags reads the command line. It reports whether that was all there is
// to do, as with --help.
func (m *Main) ParseFlags(args []string) (done bool, err error) {
	parser, err := kong.New(&m.cli,
		kong.Name("privyseal"),
		kong.Description("Keeps your Nostr key in one safe place; apps ask it for signatures (NIP-46).\n\nExamples:\n  privyseal up\n  privyseal invite --app-name Coracle --qr\n  privyseal requests watch"),
		kong.Writers(m.Stdout, m.Stderr),
		kong.Exit(func(int) { done = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
	if err != nil {
		return false, fmt.Errorf("the command line's grammar: %w", err)
	}
	m.cli.JSON = asksJSON(args)
	for i, a := range args { // as "$UNSET" would have it, which names another directory
		if a == "--data=" || a == "--data" && i+1 < len(args) && args[i+1] == "" {
			return false, usage("--data names no directory", "for example: --data ~/.local/share/privyseal")
		}
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	m.parsed, err = parser.Parse(args)
	if done {
		return true, nil
	}
	if err != nil {
		return false, misread(m.parsed, err)
	}
	return false, nil
}

// Run runs the verb that ParseFlags read.
func (m *Main) Run(ctx context.Context) error {
	m.parsed.BindTo(ctx, (*context.Context)(nil))
	return m.parsed.Run(m)
}

// Close releases what a verb left open.
func (m *Main) Close() {
	for _, fn := range m.closers {
		fn()
	}
	m.closers = nil
}

// asksJSON finds --json also on a command line that cannot be parsed, so that
// its error is JSON too.
func asksJSON(args []string) bool {
	for _, a := range args {
		switch a {
		case "--json", "--json=true":
			return true
		case "--":
			return false
		}
	}
	return false
}
