package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/store/sqlite"
)

// Exit codes (design §4).
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitRefused = 3
	exitNoReply = 4
)

// failure is an error with its exit code: what happened in one sentence, and
// what to do next.
type failure struct {
	Kind string `json:"kind"`
	Msg  string `json:"message"`
	Hint string `json:"hint,omitempty"`
	code int
	told bool // the result told it: with --json the one document is out
}

func (f *failure) Error() string { return f.Msg }

// exit is an exit code when all is said already.
func exit(code int) error { return &failure{code: code} }

// usage is a wrong command line.
func usage(msg, hint string) error {
	return &failure{Kind: "usage", Msg: msg, Hint: hint, code: exitUsage}
}

// fail is anything else that went wrong.
func fail(kind privyseal.ErrorKind, msg, hint string) error {
	return &failure{Kind: string(kind), Msg: msg, Hint: hint, code: exitFailed}
}

// misread is a command line that cannot be parsed.
func misread(parsed *kong.Context, err error) error {
	if pe, ok := errors.AsType[*kong.ParseError](err); ok && pe.Context != nil {
		parsed = pe.Context
	}
	msg := err.Error()
	if strings.HasPrefix(msg, "expected one of ") && parsed != nil { // it names five at most
		var names []string
		node := parsed.Selected()
		if node == nil {
			node = parsed.Model.Node
		}
		for _, c := range node.Children {
			if !c.Hidden {
				names = append(names, c.Name)
			}
		}
		msg = "say what to do: " + strings.Join(names, ", ")
	}
	return usage(msg, helpFor(parsed))
}

// helpFor names the help of the command that was begun.
func helpFor(parsed *kong.Context) string {
	path := ""
	if parsed != nil {
		for _, p := range parsed.Path {
			if p.Command != nil {
				path += " " + p.Command.Name
			}
		}
	}
	return "see: privyseal" + path + " --help"
}

// asFailure turns any error into what is shown of it.
func asFailure(err error) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	if e, ok := errors.AsType[*control.CallError](err); ok {
		return of(privyseal.ErrorKind(e.Kind), e.Msg, e.Hint)
	}
	if e, ok := errors.AsType[*privyseal.Error](err); ok {
		return of(e.Kind, e.Msg, e.Hint)
	}
	switch {
	case errors.Is(err, control.ErrGone):
		return of(privyseal.KindInternal, err.Error(), "look at its log, and start it again with: privyseal up")
	case errors.Is(err, context.DeadlineExceeded):
		return &failure{Kind: string(privyseal.KindExpired), Msg: "no answer came in time", Hint: "is the signer well? see: privyseal doctor", code: exitNoReply}
	case errors.Is(err, context.Canceled):
		return of(privyseal.KindExpired, "interrupted", "")
	case errors.Is(err, store.ErrInUse):
		return of(privyseal.KindBusy, strings.TrimPrefix(tidy(err), "in use by another process: "), "or use another directory with --data DIR")
	case errors.Is(err, store.ErrNewer):
		return of(privyseal.KindUnsupported, tidy(err), "use that version or a later one")
	case errors.Is(err, sqlite.ErrDamaged):
		return of(privyseal.KindInvalid, tidy(err), "with: privyseal restore FILE")
	}
	return of(privyseal.KindInternal, tidy(err), "see: privyseal doctor")
}

// of gives arguments that the signer found wrong the code of wrong usage.
func of(kind privyseal.ErrorKind, msg, hint string) *failure {
	f := &failure{Kind: string(kind), Msg: msg, Hint: hint, code: exitFailed}
	if kind == privyseal.KindInvalid {
		f.code = exitUsage
	}
	return f
}

// tidy drops the package's name before an error's text and keeps it on a line.
func tidy(err error) string {
	s := strings.Join(strings.Fields(err.Error()), " ")
	for _, p := range []string{"store: ", "vault: ", "control: "} {
		s = strings.TrimPrefix(s, p)
	}
	return s
}

// sentence ends a text with one full stop, unless it is a question.
func sentence(s string) string {
	if s = strings.TrimRight(s, ". "); strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

// report shows an error, if any, and answers the exit code.
func (m *Main) report(err error) int {
	if err == nil {
		return exitDone
	}
	if errors.Is(err, errTold) {
		return exitFailed
	}
	f := asFailure(err)
	if f.Msg == "" {
		return f.code
	}
	fmt.Fprintf(m.Stderr, "privyseal: %s\n", sentence(printable(f.Msg)))
	if f.Hint != "" {
		fmt.Fprintf(m.Stderr, "  %s\n", printable(f.Hint))
	}
	if m.cli.JSON && !f.told {
		_ = writeJSON(m.Stdout, map[string]*failure{"error": f}, "")
	}
	return f.code
}

// warn tells of something that is not an error.
func (m *Main) warn(format string, args ...any) {
	fmt.Fprintf(m.Stderr, "privyseal: warning: %s.\n", printable(fmt.Sprintf(format, args...)))
}
