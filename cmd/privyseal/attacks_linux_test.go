package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/privyseal/privyseal/client"
	"github.com/privyseal/privyseal/cmd/privyseal/internal/ptytest"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

// hostile moves a cursor, sets a title, turns text round, hides characters and
// begins lines, all at once.
const hostile = "Co\x1b[2J\x1b]0;owned\x07ra\u009b5A\r\u202eelc\u202c\u200b\u2060\ufeff\u2066x\u2069\U000e0041\u2028\n[y] Post it\b"

// steering is what of it a text still does; "" for nothing.
func steering(text string) string {
	for _, r := range text {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
			return string(r)
		}
	}
	return ""
}

// T43, T45: whatever an app calls itself and writes, no command prints it so that
// it steers the terminal or hides, in words or as JSON; nor does the live screen.
func TestNoCommandPrintsAnAttack(t *testing.T) {
	t.Parallel()
	s := running(t)
	inv := mustJSON[control.Invite](t, s.dir, "invite", "--preset", "ask")
	app, err := client.Connect(t.Context(), inv.URI, client.Options{Name: hostile, URL: "https://" + hostile, PrivateRelays: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(app.Close)
	calls, stop := context.WithCancel(t.Context())
	defer stop()
	ask := func(kind nostr.Kind, content string, tags ...nostr.Tag) control.QuestionInfo {
		go func() {
			_, _ = app.SignEvent(calls, nostr.Template{Kind: kind, Tags: append(nostr.Tags{}, tags...), Content: content})
		}()
		return s.question()
	}
	q := ask(30023, hostile, nostr.Tag{"title", hostile}, nostr.Tag{"d", hostile})

	p := ptytest.Open(t, 60, 24)
	code, leave := atTerminal(t, p, s.dir, "requests", "watch")
	p.Expect("[n] ")
	p.Type("d")
	p.Expect("Level: ")
	leave()
	<-code
	shown := p.Shown()
	for _, ours := range []string{screenOn, screenOff, screenTop} {
		shown = strings.ReplaceAll(shown, ours, "")
	}
	if bad := steering(strings.ReplaceAll(shown, "\r\n", "\n")); bad != "" {
		t.Errorf("the live screen shows %q: %q", bad, shown)
	}

	id := mustJSON[[]control.AppInfo](t, s.dir, "apps", "list")[0].ID
	for _, args := range [][]string{
		{"requests", "list"}, {"requests", "show", q.ID}, {"apps", "list"}, {"apps", "show", id}, {"policy", "export"}, {"policy", "learn", id},
		{"policy", "try", id, `{"kind":30023,"content":"x","tags":[["title","a"]]}`}, {"requests", "approve", q.ID}, {"activity", "list"}, {"activity", "show", "3"},
		{"activity", "export"}, {"activity", "undo", "--kind", "30023", "--d", "x", "--list"}, {"apps", "pause", id}, {"apps", "list"}, {"doctor"}, {"apps", "show", "no" + hostile},
		{"requests", "show", hostile}, {"apps", "revoke", id},
	} {
		for _, args := range [][]string{args, append(args, "--json")} {
			_, out, errs := runIn(s.dir, args...)
			if bad := steering(out + errs); bad != "" {
				t.Errorf("%q prints %q:\n%q", args, bad, out+errs)
			}
		}
	}
}

// JSON says the same, however it is escaped.
func TestJSONOfAttacks(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := writeJSON(&b, hostile, ""); err != nil {
		t.Fatal(err)
	}
	var back string
	if err := json.Unmarshal(b.Bytes(), &back); err != nil || back != hostile || steering(b.String()) != "" {
		t.Errorf("%q: %v", b.String(), err)
	}
}

// A text that somebody else sealed is printed at a terminal so that it steers
// nothing, and as it is to a file.
func TestCallPrintsWhatOthersWrote(t *testing.T) {
	t.Parallel()
	s := running(t)
	from := newSomebody(t, s)
	uri := mustJSON[control.Invite](t, s.dir, "invite", "--allow", "nip44_decrypt").URI
	args := []string{"call", uri, "nip44_decrypt", from.pub().String(), from.seals("hi \x1b[2J\u202e")}
	if out := mustRun(t, s.dir, args...); out != "hi \x1b[2J\u202e\n" {
		t.Errorf("%q", out)
	}
	p := ptytest.Open(t, 80, 24)
	code, _ := atTerminal(t, p, s.dir, args...)
	p.Expect("hi ·[2J·")
	select {
	case c := <-code:
		if c != exitDone {
			t.Errorf("exit %d", c)
		}
	case <-time.After(patience):
		t.Error(errors.New("it does not end"))
	}
}
