package tty_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/cmd/privyseal/internal/ptytest"
	"github.com/privyseal/privyseal/cmd/privyseal/internal/tty"
)

// TestNoTerminal: what is no terminal is none.
func TestNoTerminal(t *testing.T) {
	if _, ok := tty.Of(strings.NewReader("x"), new(bytes.Buffer)); ok {
		t.Error("a string is a terminal")
	}
}

// TestPrompts: a line is shown as it is typed, a secret is not; lines typed
// ahead are not lost.
func TestPrompts(t *testing.T) {
	p := ptytest.Open(t, 60, 20)
	term, ok := tty.Of(p.TTY, p.TTY)
	if !ok {
		t.Fatal("no terminal")
	}
	if term.Width() != 60 {
		t.Errorf("%d columns", term.Width())
	}
	ctx := t.Context()
	p.Type("  Ana \nmaybe\nYES\n\n")
	if line, err := term.Line(ctx, "Name: "); err != nil || line != "Ana" {
		t.Errorf("%q, %v", line, err)
	}
	if yes, err := term.Confirm(ctx, "Sure?", false); err != nil || !yes {
		t.Errorf("%v, %v", yes, err)
	}
	p.Expect("Please answer y or n.")
	if yes, err := term.Confirm(ctx, "Really?", true); err != nil || !yes {
		t.Errorf("%v, %v", yes, err)
	}
	done := make(chan string, 1)
	go func() {
		b, err := term.Secret(ctx, "Secret: ")
		done <- string(b) + errText(err)
	}()
	p.Expect("Secret: ")
	p.Type("canary\n")
	if got := <-done; got != "canary" {
		t.Errorf("%q", got)
	}
	if strings.Contains(p.Shown(), "canary") {
		t.Error("the secret was shown")
	}
}

// TestInterrupted: the terminal is given back as it was.
func TestInterrupted(t *testing.T) {
	p := ptytest.Open(t, 80, 24)
	term, _ := tty.Of(p.TTY, p.TTY)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := term.Secret(ctx, "Secret: ")
		done <- err
	}()
	p.Expect("Secret: ")
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	p.Type("shown again\n")
	p.Expect("shown again")
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
