package keeper_test

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// couriers is the front, as far as it tells people; status answers for a place.
func couriers(status func(url string) int) (with func(*rig), sent <-chan control.Message) {
	ch := make(chan control.Message, 100)
	return func(r *rig) {
		r.errands = func(m control.Message) {
			switch m := m.(type) {
			case *control.Deliver:
				_ = r.front.Send(&control.Delivered{Ref: m.Ref, Status: status(m.To.URL)})
			case *control.Post:
				for _, p := range m.Relays {
					_ = r.front.Send(&control.Posted{Ref: m.Ref, Relay: p.URL, Sent: true, OK: true})
				}
			default:
				return
			}
			ch <- m
		}
	}, ch
}

func well(string) int { return 201 }

func next[M control.Message](t *testing.T, sent <-chan control.Message) (m M) {
	t.Helper()
	select {
	case got := <-sent:
		m, ok := got.(M)
		if !ok {
			t.Fatalf("%T was sent", got)
		}
		return m
	case <-time.After(patience):
		t.Fatal("nobody was told")
	}
	return m
}

// subscribes adds a browser of a visitor's.
func (v *visitor) subscribes(endpoint string) control.NoticeInfo {
	v.r.t.Helper()
	list, err := does[control.Notices](v, control.VerbNotifyList, nil)
	must(v.r.t, err)
	ua, err := ecdh.P256().GenerateKey(rand.Reader)
	must(v.r.t, err)
	info, err := does[control.NoticeInfo](v, control.VerbNotifyBrowser, control.NoticeBrowser{
		Endpoint: endpoint, P256dh: ua.PublicKey().Bytes(), Auth: make([]byte, 16), Key: list.Key, Label: "Firefox Linux",
	})
	must(v.r.t, err)
	return info
}

// A question goes over the first way, and after half a minute over the next;
// what is sent is the same whatever was asked (T47).
func TestTellingOfAQuestion(t *testing.T) {
	with, sent := couriers(well)
	r := newRig(t, with)
	mustCall[control.NoticeInfo](r, control.VerbNotifyAdd, control.NoticeArgs{URL: "https://ntfy.example/topic", Token: []byte("tk_1")})
	to, err := nostr.GenerateSecretKey()
	must(t, err)
	pub, err := to.PublicKey()
	must(t, err)
	mustCall[control.NoticeInfo](r, control.VerbNotifyAdd, control.NoticeArgs{To: pub.Npub(), Relays: []string{"wss://inbox.example"}})
	c := r.paired(control.InviteArgs{Preset: "ask", AppName: "Coracle"})
	q, _ := c.asks(c.note("a secret thought"))
	d := next[*control.Deliver](t, sent)
	if d.To != (control.Place{URL: "https://ntfy.example/topic", Typed: true}) || d.Headers["Authorization"] != "Bearer tk_1" || d.Headers["Click"] != "http://localhost:4646/#q-"+q.ID {
		t.Fatalf("%+v", d)
	}
	if raw, _ := json.Marshal(d); string(d.Body) != "A question is waiting for you." || strings.Contains(string(raw), "Coracle") || strings.Contains(string(raw), "secret") {
		t.Fatalf("%s", d.Body)
	}
	r.sleep(30 * time.Second)
	p := next[*control.Post](t, sent)
	if e, err := nostr.ParseEvent(p.Event); err != nil || e.Kind != 1059 || e.Tags.TagValue("p") != pub.String() || p.Relays[0].URL != "wss://inbox.example" {
		t.Fatalf("%v %+v", err, p)
	}
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
	r.sleep(time.Minute)
	if len(sent) > 0 {
		t.Fatal("told of what was answered")
	}
	// It is kept, sealed, and outlives a restart.
	r.restart()
	if list := mustCall[control.Notices](r, control.VerbNotifyList, nil); len(list.Ways) != 2 || list.Ways[0].Where != "ntfy.example" {
		t.Fatalf("%+v", list)
	}
	var raw string
	must(t, r.store.View(t.Context(), func(s store.Reader) (err error) { raw, err = s.Setting("notices"); return err }))
	if raw == "" || strings.Contains(raw, "ntfy") {
		t.Fatalf("kept as %q", raw)
	}
}

// By default nobody is told and nothing leaves.
func TestNobodyIsToldByDefault(t *testing.T) {
	with, sent := couriers(well)
	r := newRig(t, with)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	c.asks(c.note("hello"))
	r.settle()
	if len(sent) > 0 {
		t.Fatalf("%+v", <-sent)
	}
}

// A way that fails is seen, and the next is tried at once.
func TestAWayThatFailsIsSeen(t *testing.T) {
	with, sent := couriers(func(url string) int {
		if strings.Contains(url, "broken") {
			return 503
		}
		return 200
	})
	var mu sync.Mutex
	var ran []keeper.Command
	r := newRig(t, with, func(r *rig) {
		r.command = func(_ context.Context, c keeper.Command) error {
			mu.Lock()
			defer mu.Unlock()
			ran = append(ran, c)
			return errors.New("the command failed")
		}
	})
	mustCall[control.NoticeInfo](r, control.VerbNotifyAdd, control.NoticeArgs{URL: "https://broken.example/topic"})
	mustCall[control.NoticeInfo](r, control.VerbNotifyAdd, control.NoticeArgs{URL: "https://good.example/topic"})
	c := r.paired(control.InviteArgs{Preset: "ask"})
	q, _ := c.asks(c.note("hello"))
	for _, want := range []string{"broken", "good"} {
		if d := next[*control.Deliver](t, sent); !strings.Contains(d.To.URL, want) {
			t.Fatalf("%s, want %s", d.To.URL, want)
		}
	}
	mu.Lock()
	if len(ran) != 1 || ran[0].Question != q.ID || ran[0].Text != "A question is waiting for you." {
		t.Fatalf("%+v", ran)
	}
	mu.Unlock()
	r.until("the faults are seen", func() bool {
		seen := 0
		for _, f := range mustCall[control.Status](r, control.VerbStatus, nil).Findings {
			if f.Check == "notifications" && (strings.Contains(f.Text, "the error 503") || strings.Contains(f.Text, "the command failed")) {
				seen++
			}
		}
		return seen == 2
	})
	list := mustCall[control.Notices](r, control.VerbNotifyTry, control.NoticeName{})
	if w := list.Ways; len(w) != 3 || w[0].Kind != "command" || w[0].Fault == "" || w[1].Fault == "" || w[2].Fault != "" || w[2].Told.IsZero() {
		t.Fatalf("%+v", list)
	}
}

// Who may answer is told on browsers of theirs, and nobody else; a browser that
// is gone is forgotten.
func TestBrowsersAreTheirPersons(t *testing.T) {
	gone := make(chan struct{})
	with, sent := couriers(func(string) int {
		select {
		case <-gone:
			return 410
		default:
			return 201
		}
	})
	r := newRig(t, with)
	mustCall[control.IdentityInfo](r, control.VerbIdentityAdd, control.IdentityAdd{Name: "bo"})
	bea, carl := r.joins("Bea", "approver", "ana"), r.joins("Carl", "approver", "bo")
	hers := bea.subscribes("https://push.example/bea")
	his := carl.subscribes("https://push.example/carl")
	if list, err := does[control.Notices](bea, control.VerbNotifyList, nil); err != nil || len(list.Ways) != 1 || list.Ways[0].ID != hers.ID {
		t.Fatalf("%v %+v", err, list)
	}
	for _, n := range []control.NoticeName{{ID: his.ID}, {ID: his.ID, Person: carl.session.Person.ID}} {
		_, err := does[control.Notices](bea, control.VerbNotifyRemove, n)
		wantKind(t, err, privyseal.KindDenied, "another's browser")
	}
	_, err := does[control.Notices](bea, control.VerbNotifyRemove, control.NoticeName{ID: his.ID, Person: bea.session.Person.ID})
	wantKind(t, err, privyseal.KindNotFound, "another's browser as one's own")

	c := r.paired(control.InviteArgs{Preset: "ask", Identity: "ana"})
	r.fence = c
	c.asks(c.note("hello"))
	d := next[*control.Deliver](t, sent)
	if d.To != (control.Place{URL: "https://push.example/bea"}) || d.Headers["Content-Encoding"] != "aes128gcm" || strings.Contains(string(d.Body), "question") {
		t.Fatalf("%+v", d)
	}
	r.settle()
	if len(sent) > 0 {
		t.Fatalf("also told: %+v", <-sent)
	}
	close(gone)
	mustCall[control.Notices](r, control.VerbNotifyTry, control.NoticeName{ID: hers.ID})
	if list := mustCall[control.Notices](r, control.VerbNotifyList, nil); len(list.Ways) != 1 || list.Ways[0].ID != his.ID {
		t.Fatalf("%+v", list)
	}
}
