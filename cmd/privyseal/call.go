package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/privyseal/privyseal/client"
	"github.com/privyseal/privyseal/nostr"
)

type callCmd struct {
	URI     string        `arg:"" name:"uri" help:"A bunker:// link; - reads it from standard input."`
	Method  string        `arg:"" help:"A NIP-46 method, such as sign_event."`
	Params  []string      `arg:"" optional:"" name:"param" help:"Its parameters."`
	Session string        `placeholder:"FILE" help:"Where the session is kept; else in the data directory, by link."`
	Name    string        `default:"privyseal call" placeholder:"N" help:"What to call ourselves."`
	Timeout time.Duration `default:"3m" help:"How long to wait, also for a person."`
}

func (callCmd) Help() string {
	return `The first call connects; later ones go on with the same session.

Examples:
  privyseal call 'bunker://…' get_public_key
  privyseal call 'bunker://…' sign_event '{"kind":1,"content":"hello"}'
  privyseal call 'bunker://…' nip44_encrypt PUBKEY 'a text'`
}

func (c *callCmd) Run(ctx context.Context, m *Main) error {
	if c.Timeout <= 0 {
		return usage("--timeout is a time above zero", "for example: --timeout 30s")
	}
	uri, err := m.link(c.URI)
	if err != nil {
		return err
	}
	file, err := m.sessionFile(c.Session, uri)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	s, err := file.open(ctx, uri, c.options(m))
	if err != nil {
		return c.wrong(err)
	}
	defer s.Close()
	result, err := perform(ctx, s, c.Method, c.Params)
	if err != nil {
		return c.wrong(err)
	}
	if c.Method == "logout" {
		err = file.forget()
	} else {
		err = file.keep(s)
	}
	if err != nil {
		return err
	}
	out := struct {
		Method string `json:"method"`
		Result string `json:"result"`
	}{c.Method, result}
	return m.show(out, func(w io.Writer) {
		if isTerminal(w) { // what somebody else wrote
			result = printable(result)
		}
		fmt.Fprintln(w, result)
	})
}

// options are those of a person at this computer.
func (c *callCmd) options(m *Main) client.Options {
	return client.Options{
		Name: c.Name, PrivateRelays: true,
		AnswerTimeout: min(30*time.Second, c.Timeout), ApprovalTimeout: c.Timeout,
		OnAuthURL: func(url string) { fmt.Fprintf(m.Stderr, "Open this page to go on: %s\n", printable(url)) },
		OnWaiting: func(method string) {
			fmt.Fprintf(m.Stderr, "Waiting for a person to answer %s in the signer…\n", printable(method))
		},
	}
}

// perform makes one call. What the SDK can check it checks; the rest comes as
// the signer sent it.
func perform(ctx context.Context, s *client.Session, method string, params []string) (string, error) {
	peerAndText := func(do func(context.Context, nostr.PubKey, string) (string, error)) (string, error) {
		if len(params) != 2 {
			return "", usage(method+" takes a public key and a text", "see: privyseal call --help")
		}
		peer, err := nostr.ParsePubKey(params[0])
		if err != nil {
			return "", usage("“"+params[0]+"” is not a public key", "give it as npub1… or as 64 hex digits")
		}
		return do(ctx, peer, params[1])
	}
	switch method {
	case "sign_event":
		return sign(ctx, s, params)
	case "nip04_encrypt":
		return peerAndText(s.Nip04Encrypt)
	case "nip04_decrypt":
		return peerAndText(s.Nip04Decrypt)
	case "nip44_encrypt":
		return peerAndText(s.Nip44Encrypt)
	case "nip44_decrypt":
		return peerAndText(s.Nip44Decrypt)
	case "logout":
		return "ack", s.Logout(ctx)
	}
	return s.Call(ctx, method, params...)
}

// sign has an event signed and checked; the time may be left out. A template
// that cannot be read is the signer's to refuse.
func sign(ctx context.Context, s *client.Session, params []string) (string, error) {
	if len(params) != 1 || !json.Valid([]byte(params[0])) {
		return "", usage("sign_event takes one event, as JSON", `for example: '{"kind":1,"content":"hello"}'`)
	}
	template := complete([]byte(params[0]), time.Now())
	t, err := nostr.ParseTemplate(template)
	if err != nil {
		return s.Call(ctx, "sign_event", string(template))
	}
	ev, err := s.SignEvent(ctx, *t)
	if err != nil {
		return "", err
	}
	return string(ev.AppendJSON(nil)), nil
}

// complete fills in what a person at a terminal leaves out.
func complete(template []byte, now time.Time) []byte {
	var fields map[string]json.RawMessage
	if json.Unmarshal(template, &fields) != nil {
		return template
	}
	for name, value := range map[string]string{"created_at": fmt.Sprint(now.Unix()), "tags": "[]", "content": `""`} {
		if _, there := fields[name]; !there {
			fields[name] = json.RawMessage(value)
		}
	}
	out, err := json.Marshal(fields)
	if err != nil {
		return template
	}
	return out
}

// wrong gives the SDK's errors their exit codes.
func (c *callCmd) wrong(err error) error {
	e, ok := errors.AsType[*client.Error](err)
	if !ok {
		return err
	}
	f := &failure{Kind: string(e.Code), Msg: strings.TrimSpace(e.Msg), Hint: e.Hint, code: exitFailed}
	if f.Kind == "" {
		f.Kind = "signer"
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded) && errors.Is(err, client.ErrCanceled): // the time is up, ours
		f.Msg, f.Hint = "no answer came within "+c.Timeout.String(), "is the signer running, and a relay of the link reachable? see: privyseal doctor"
		f.code = exitNoReply
	case errors.Is(err, client.ErrLink):
		f.code = exitUsage
	case errors.Is(err, client.ErrDenied), errors.Is(err, client.ErrRevoked):
		f.code = exitRefused
	case errors.Is(err, client.ErrNoAnswer), errors.Is(err, client.ErrNoConnection), errors.Is(err, client.ErrExpired), errors.Is(err, context.DeadlineExceeded):
		f.code = exitNoReply
	}
	return f
}
