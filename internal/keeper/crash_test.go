package keeper_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/store/sqlite"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nostr"
)

const childDir = "PRIVYSEAL_TEST_KEEPER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := child(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

type stdio struct {
	io.Reader
	io.WriteCloser
}

// child is a whole keeper with its seam on standard input and output.
func child(dir string) error {
	ctx := context.Background()
	st, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		return err
	}
	v := vault.New(vault.Options{MinCost: time.Nanosecond, Memory: 1 << 10})
	k, err := keeper.New(ctx, keeper.Options{Store: st, Vault: v, Relays: []keeper.Relay{{URL: ownRelay, Own: true}}})
	if err != nil {
		return err
	}
	if err := k.Unlock(ctx, control.Passphrase{Passphrase: []byte(passphrase)}); err != nil {
		return err
	}
	return k.Run(ctx, control.NewConn(stdio{os.Stdin, os.Stdout}))
}

// crashRound runs a child under load, kills it at a random moment and gives the
// answers that came out before.
func crashRound(t *testing.T, c *client, events []*nostr.Event, life time.Duration) (out []answer) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+c.r.dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	must(t, err)
	pipe, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	front := control.NewConn(stdio{bufio.NewReader(pipe), in})
	ready := make(chan struct{})
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		<-ready
		for _, ev := range events {
			if front.Send(&control.Events{Items: []control.Inbound{{Relay: ownRelay, Event: ev.AppendJSON(nil)}}}) != nil {
				return
			}
		}
	}()
	var kill *time.Timer
	for {
		m, err := front.Recv()
		if err != nil {
			break
		}
		switch m := m.(type) {
		case *control.Listen:
			if kill == nil {
				close(ready)
				kill = time.AfterFunc(life, func() { _ = cmd.Process.Kill() })
			}
		case *control.Publish:
			for _, o := range m.Items {
				if a, ok := c.open(o); ok {
					out = append(out, a)
				}
			}
		}
	}
	if kill == nil {
		t.Fatal("the child did not start")
	}
	_ = cmd.Wait()
	_ = in.Close()
	<-sent
	return out
}

func TestCrashesAtAnyMoment(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask", Allow: "sign_event:1"})
	r.settle()
	r.stop()
	type asked struct {
		id   nostr.ID // of the request
		note string
	}
	all := map[string]asked{} // by request id
	seen := map[string]nostr.ID{}
	signed := 0
	note := func(a answer) {
		t.Helper()
		if a.Error != "" {
			return
		}
		ev, err := nostr.ParseEvent([]byte(a.Result))
		must(t, err)
		must(t, ev.Verify())
		want := all[a.ID]
		if ev.Content != want.note {
			t.Fatalf("asked %q, signed %q", want.note, ev.Content)
		}
		if before, ok := seen[a.ID]; ok && before != ev.ID {
			t.Fatalf("one operation gave two events: %s and %s", before, ev.ID)
		}
		seen[a.ID] = ev.ID
		signed++
	}
	kind6 := 0
	for round := range 10 {
		var events []*nostr.Event
		byID := map[string]nostr.ID{}
		for i := range 60 {
			text := fmt.Sprintf("round %d, note %d", round, i)
			body := c.note(text)
			if i%10 == 9 { // asked about, and left open
				body = fmt.Sprintf(`{"kind":6,"created_at":%d,"tags":[],"content":%q}`, r.now().Unix(), text)
				kind6++
			}
			req := c.request("sign_event", body)
			ev := c.seal(req, r.now())
			all[fmt.Sprintf("id-%d", c.n)] = asked{ev.ID, text}
			byID[fmt.Sprintf("id-%d", c.n)] = ev.ID
			events = append(events, ev)
		}
		life := time.Duration(rand.IntN(60)) * time.Millisecond
		answers := crashRound(t, c, events, life)
		for _, a := range answers {
			note(a)
		}
		r.fence = nil
		n := r.outbound()
		r.start(false)
		r.recorded(answers, func(id string) nostr.ID { return all[id].id })
		for _, ev := range events { // the app asks again for everything
			c.send(ev)
		}
		for _, a := range c.since(n) {
			note(a)
		}
		for id, ev := range byID {
			_, done := seen[id]
			if w := r.work(r.app(c).ID, ev); w.State == privyseal.WorkDecided || w.State == privyseal.WorkUnknown || !done && w.State != privyseal.WorkAsking {
				t.Fatalf("round %d, killed after %v: request %s is in state %d, answered %v", round, life, id, w.State, done)
			}
		}
		if v := mustCall[control.Verification](r, control.VerbActivityVerify, nil); !v.OK {
			t.Fatalf("after a crash: %+v", v.Problems)
		}
		open := r.openQuestions()
		if len(open) != min(kind6, 20) {
			t.Fatalf("%d open questions, want %d", len(open), kind6)
		}
		for _, q := range open {
			_, err := call[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
			if err != nil && privyseal.KindOf(err) != privyseal.KindConflict { // the third no closed the others
				t.Fatal(err)
			}
		}
		if len(open) > 1 {
			mustCall[control.AppInfo](r, control.VerbAppsResume, control.Name{Name: r.app(c).ID})
		}
		kind6 = 0
		r.settle()
		r.stop()
	}
	t.Logf("%d requests, %d answers with a signature", len(all), signed)
}

// recorded fails unless every signature that was seen has its decision on record.
func (r *rig) recorded(answers []answer, event func(id string) nostr.ID) {
	r.t.Helper()
	decided := map[string]bool{}
	for _, rec := range mustCall[[]control.RecordInfo](r, control.VerbActivityList, control.ActivityQuery{Limit: 100_000}) {
		if rec.Phase == "decided" && rec.Verdict == "allow" {
			decided[rec.Event] = true
		}
	}
	for _, a := range answers {
		if a.Error == "" && !decided[event(a.ID).String()] {
			r.t.Fatalf("signed without a record: %s", a.Raw)
		}
	}
}

func (r *rig) work(app string, event nostr.ID) (w privyseal.Work) {
	r.t.Helper()
	must(r.t, r.store.Flush(r.t.Context()))
	must(r.t, r.store.View(r.t.Context(), func(s store.Reader) (err error) {
		if w, err = s.Work(app, event); err == store.ErrNotFound {
			err = nil
		}
		return err
	}))
	return w
}
