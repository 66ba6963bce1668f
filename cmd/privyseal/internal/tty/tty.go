// Package tty is the terminal as the command line uses it: lines, hidden input,
// a yes or no, raw keys. It refuses to work on anything that is no terminal, and
// always gives the terminal back as it was, also when a context ends meanwhile.
package tty

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// maxLine bounds a typed line, in bytes.
const maxLine = 64 << 10

// Terminal is a person at a terminal.
type Terminal struct {
	in  *os.File
	out io.Writer
}

// Of answers the terminal behind in, if it is one; prompts go to out.
func Of(in io.Reader, out io.Writer) (*Terminal, bool) {
	f, ok := in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, false
	}
	return &Terminal{f, out}, true
}

// Say prints lines for the person.
func (t *Terminal) Say(format string, args ...any) { fmt.Fprintf(t.out, format+"\n", args...) }

// Line asks for a line; blanks around it are dropped.
func (t *Terminal) Line(ctx context.Context, prompt string) (string, error) {
	fmt.Fprint(t.out, prompt)
	b, err := t.await(ctx, t.line)
	return strings.TrimSpace(string(b)), err
}

// line reads one, byte by byte: nothing of the next is taken.
func (t *Terminal) line() ([]byte, error) {
	var line []byte
	one := make([]byte, 1)
	for len(line) < maxLine {
		n, err := t.in.Read(one)
		if n == 1 && one[0] == '\n' {
			return line, nil
		}
		line = append(line, one[:n]...)
		if err != nil {
			return line, err
		}
	}
	return nil, errors.New("the line is too long")
}

// Secret asks for a line that is not shown.
func (t *Terminal) Secret(ctx context.Context, prompt string) ([]byte, error) {
	fd := int(t.in.Fd())
	state, err := term.GetState(fd)
	if err != nil {
		return nil, err
	}
	if err := hide(fd); err != nil { // before the prompt: nothing typed early is shown
		return nil, err
	}
	defer func() { _ = term.Restore(fd, state); fmt.Fprintln(t.out) }()
	fmt.Fprint(t.out, prompt)
	return t.await(ctx, t.secret)
}

// Confirm asks for a yes or no; an empty line means byDefault.
func (t *Terminal) Confirm(ctx context.Context, prompt string, byDefault bool) (bool, error) {
	choice := " [y/N] "
	if byDefault {
		choice = " [Y/n] "
	}
	for {
		line, err := t.Line(ctx, prompt+choice)
		if err != nil {
			return false, err
		}
		switch strings.ToLower(line) {
		case "":
			return byDefault, nil
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
		t.Say("Please answer y or n.")
	}
}

// await runs a read until it ends or ctx does. A read cannot be taken back; it
// ends with the process.
func (t *Terminal) await(ctx context.Context, read func() ([]byte, error)) ([]byte, error) {
	state, err := term.GetState(int(t.in.Fd()))
	if err != nil {
		return nil, err
	}
	type result struct {
		b   []byte
		err error
	}
	done := make(chan result, 1)
	go func() {
		b, err := read()
		done <- result{b, err}
	}()
	select {
	case r := <-done:
		if errors.Is(r.err, io.EOF) {
			r.err = errors.New("the terminal was closed")
		}
		return r.b, r.err
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), term.Restore(int(t.in.Fd()), state))
	}
}

// Raw has keys come one by one, unshown, until restore.
func (t *Terminal) Raw() (restore func(), err error) {
	state, err := term.MakeRaw(int(t.in.Fd()))
	if err != nil {
		return nil, err
	}
	return func() { _ = term.Restore(int(t.in.Fd()), state) }, nil
}

// Read reads keys as they come.
func (t *Terminal) Read(b []byte) (int, error) { return t.in.Read(b) }

// Width is the terminal's width in columns, 80 when it is not known.
func (t *Terminal) Width() int {
	if w, _, err := term.GetSize(int(t.in.Fd())); err == nil && w > 0 {
		return w
	}
	return 80
}
