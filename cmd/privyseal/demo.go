package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/privyseal/privyseal/examples/webapp/stage"
	"github.com/privyseal/privyseal/internal/store/sqlite"
)

// The demo's usual ports: signer, board, second app. One that is taken is
// replaced by a free one.
var demoPorts = [3]string{"127.0.0.1:4746", "127.0.0.1:4747", "127.0.0.1:4748"}

type demoCmd struct {
	Listen         string `placeholder:"ADDR" help:"Where the signer listens; else 127.0.0.1:4746, or a free port."`
	Board          string `placeholder:"ADDR" help:"Where the message board listens; else 127.0.0.1:4747, or a free port."`
	Desk           string `placeholder:"ADDR" help:"Where the second app listens; else 127.0.0.1:4748, or a free port."`
	PassphraseFile string `placeholder:"FILE" help:"The passphrase, in place of one that is made and shown; - is standard input."`
	KeyFile        string `placeholder:"FILE" help:"Open the vault with a key file, in place of a passphrase."`
	Open           bool   `default:"true" negatable:"" help:"Open the page in a browser, if this is a terminal."`
}

func (demoCmd) Help() string {
	return "A signer, its own relay, a message board and a second app, all on this computer and without internet. With --data the vault and the board are kept in that directory, else they are forgotten at the end.\n\nExamples:\n  privyseal demo\n  privyseal --data ~/demo demo\n  privyseal --json demo --no-open"
}

// demo is the whole on one computer. The signer runs as with up: in processes of
// its own, supervised from here.
type demo struct {
	m     *Main
	cmd   *demoCmd
	dir   string
	kept  bool
	pass  string // made here; "" when the person has another key
	stage *stage.Stage
	ready readyLine
	ended chan int
}

// Run starts everything, and runs it until it is told to stop.
func (c *demoCmd) Run(ctx context.Context, m *Main) (err error) {
	if c.PassphraseFile != "" && c.KeyFile != "" {
		return usage("--passphrase-file and --key-file are two ways to do the same", "give one of them")
	}
	d := &demo{m: m, cmd: c, kept: m.cli.Data != "", ended: make(chan int, 1)}
	if d.kept {
		d.dir, err = filepath.Abs(m.cli.Data)
	} else {
		d.dir, err = os.MkdirTemp("", "privyseal-demo-")
		defer func() { _ = os.RemoveAll(d.dir) }()
	}
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP) // a window that is closed leaves nothing either
	defer stop()
	if err := d.begin(ctx); err != nil {
		return errors.Join(err, d.end(stop))
	}
	select {
	case <-ctx.Done():
		return d.end(stop)
	case code := <-d.ended:
		d.ended <- code
		return errors.Join(exit(max(code, exitFailed)), d.end(stop))
	}
}

// begin makes the vault if need be, and starts the apps around the signer.
func (d *demo) begin(ctx context.Context) error {
	if err := d.found(ctx); err != nil {
		return err
	}
	var err error
	places := stage.Places{Board: free(d.cmd.Board, demoPorts[1]), Desk: free(d.cmd.Desk, demoPorts[2])}
	if d.kept {
		places.Dir = d.dir
	}
	if d.stage, err = stage.Open(places); err != nil {
		return listenOr(err, d.cmd.Board)
	}
	if err := d.up(ctx); err != nil {
		return err
	}
	if err := d.stage.Play(stage.Signer{Origin: d.signerURL(), Relay: d.ready.Relay, Hint: d.hint()}); err != nil {
		return err
	}
	line := demoReady{"ready", os.Getpid(), d.stage.BoardURL + "/", d.stage.DeskURL + "/", d.signerURL() + "/", d.ready.Relay, d.stage.RelayURL, d.pass, d.dir, d.kept}
	if err := d.m.line(line, line.human); err != nil {
		return err
	}
	if d.cmd.Open && !d.m.cli.JSON && isTerminal(d.m.Stdout) {
		openPage(ctx, line.Page)
	}
	return nil
}

// up starts the signer and waits until it is ready.
func (d *demo) up(ctx context.Context) error {
	out, in := io.Pipe()
	s := d.sub(in)
	args := []string{"--data", d.dir, "--json", "up", "--log-level", "error", "--relay", d.stage.RelayURL, "--listen", free(d.cmd.Listen, demoPorts[0])}
	go func() {
		code := s.Main(ctx, append(args, d.key(s)...))
		s.Close()
		_ = in.Close()
		d.ended <- code
	}()
	lines := json.NewDecoder(out)
	if err := lines.Decode(&d.ready); err != nil || d.ready.Event != "ready" {
		code := <-d.ended
		d.ended <- code
		if ctx.Err() != nil {
			return nil
		}
		return exit(max(code, exitFailed))
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return nil
}

// sub is the program once more, in this process, on the demo's data.
func (d *demo) sub(out io.Writer) *Main {
	s := &Main{Stdin: d.m.Stdin, Stdout: out, Stderr: d.m.Stderr, Getenv: d.m.Getenv, Public: d.m.Public, AllowPrivate: d.m.AllowPrivate}
	if !d.kept {
		s.Getenv = func(name string) string {
			if name == "PRIVYSEAL_STATE" {
				return filepath.Join(d.dir, "state")
			}
			return d.m.Getenv(name)
		}
	}
	return s
}

// key says how the vault is opened. What was made here goes over standard input.
func (d *demo) key(s *Main) []string {
	switch {
	case d.pass != "":
		s.Stdin = strings.NewReader(d.pass)
		return []string{"--passphrase-file", "-"}
	case d.cmd.PassphraseFile != "":
		return []string{"--passphrase-file", d.cmd.PassphraseFile}
	case d.cmd.KeyFile != "":
		return []string{"--key-file", d.cmd.KeyFile}
	}
	return nil // a person is asked
}

// found makes a vault where there is none.
func (d *demo) found(ctx context.Context) error {
	if hasStore(d.dir, sqlite.File) {
		return nil
	}
	if d.cmd.PassphraseFile == "" && d.cmd.KeyFile == "" {
		d.pass = newPassphrase()
	}
	s := d.sub(io.Discard)
	defer s.Close()
	if code := s.Main(ctx, append([]string{"--data", d.dir, "init", "--name", "Demo"}, d.key(s)...)); code != exitDone {
		return exit(code)
	}
	return nil
}

// end stops the signer first: it still writes to the demo's relay.
func (d *demo) end(stop context.CancelFunc) error {
	stop()
	var err error
	if d.ready.Event != "" {
		if code := <-d.ended; code != exitDone {
			err = exit(code)
		}
	}
	if d.stage != nil {
		err = errors.Join(err, d.stage.Close())
	}
	return err
}

func (d *demo) signerURL() string {
	_, port, _ := net.SplitHostPort(d.ready.Listen)
	return "http://localhost:" + port
}

func (d *demo) hint() string {
	if d.pass != "" {
		return "Your signer asks for the passphrase that the terminal shows."
	}
	return ""
}

// demoReady ends the start.
type demoReady struct {
	Event      string `json:"event"`
	PID        int    `json:"pid"`
	Page       string `json:"page"`
	Desk       string `json:"desk"`
	Signer     string `json:"signer"`
	Relay      string `json:"relay"`
	Posts      string `json:"posts_relay"`
	Passphrase string `json:"passphrase,omitempty"`
	Data       string `json:"data"`
	Kept       bool   `json:"kept"`
}

func (l demoReady) human(w io.Writer) {
	fmt.Fprintf(w, "\nready — open the board, and continue with Nostr:\n\n  Board       %s\n  Second app  %s\n  Signer      %s\n", l.Page, l.Desk, l.Signer)
	if l.Passphrase != "" {
		fmt.Fprintf(w, "  Passphrase  %s\n\nThe signer asks for the passphrase. It is shown this once.", l.Passphrase)
	}
	if l.Kept {
		fmt.Fprintf(w, "\nKept in %s. Ctrl-C ends it.\n", l.Data)
		return
	}
	fmt.Fprint(w, "\nAll of this is on this computer, and is forgotten when you press Ctrl-C.\n")
}
