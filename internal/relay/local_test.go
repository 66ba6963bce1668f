package relay_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/relay"
	"github.com/privyseal/privyseal/internal/relay/relaytest"
	"github.com/privyseal/privyseal/nostr"
)

// What the transport asks of an in-process relay, but for the type that Open
// returns.
var (
	_ interface {
		Open(deliver func(event []byte)) *relay.LocalSub
		Publish(event []byte) (ok bool, reason string)
	} = (*relay.Local)(nil)
	_ interface {
		Add(keys []nostr.PubKey, since int64)
		Remove(keys []nostr.PubKey)
		Close()
	} = (*relay.LocalSub)(nil)
)

// inbox is an in-process subscriber.
type inbox struct {
	*relay.LocalSub
	t    *testing.T
	came chan []byte
}

func open(t *testing.T, r *relay.Relay) *inbox {
	i := &inbox{t: t, came: make(chan []byte, 1000)}
	i.LocalSub = r.Local().Open(func(e []byte) { i.came <- e })
	t.Cleanup(i.Close)
	return i
}

func (i *inbox) want(e *nostr.Event) {
	i.t.Helper()
	select {
	case got := <-i.came:
		if !bytes.Equal(got, e.AppendJSON(nil)) {
			i.t.Fatalf("got %s", got)
		}
	case <-time.After(patience):
		i.t.Fatal("nothing came")
	}
}

func (i *inbox) wantNothing() {
	i.t.Helper()
	select {
	case got := <-i.came:
		i.t.Fatalf("got %s", got)
	default:
	}
}

// The front's way in: requests come out of it, answers go into it.
func TestLocal(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	app, signer, other := newPerson(t), newPerson(t), newPerson(t)
	in := open(t, s.Relay)
	in.Add([]nostr.PubKey{signer.PubKey, other.PubKey}, 0)
	c := dial(t, s.URL)
	c.req("s", to(app))

	request := app.letter(t, signer.PubKey, "request")
	c.mustPublish(request)
	in.want(request)
	answer := signer.letter(t, app.PubKey, "answer")
	if ok, why := s.Relay.Local().Publish(answer.AppendJSON(nil)); !ok || why != "" {
		t.Fatal(ok, why)
	}
	if m := c.want(nostr.LabelEvent); m.Event.ID != answer.ID {
		t.Fatal(m.Event.Content)
	}
	if ok, why := s.Relay.Local().Publish(answer.AppendJSON(nil)); !ok || !strings.HasPrefix(why, "duplicate:") {
		t.Fatal(ok, why)
	}

	// Removed and closed: their mail is kept, and comes when they are added again.
	in.Remove([]nostr.PubKey{signer.PubKey})
	later := app.letter(t, signer.PubKey, "later")
	c.mustPublish(later)
	second := app.letter(t, other.PubKey, "second")
	c.mustPublish(second)
	in.want(second)
	in.wantNothing()
	in.Add([]nostr.PubKey{signer.PubKey}, request.CreatedAt)
	in.want(request)
	in.want(later)
	in.Close()
	c.mustPublish(app.letter(t, signer.PubKey, "after"))
	in.wantNothing()
	in.Add([]nostr.PubKey{signer.PubKey}, 0)
	in.Remove([]nostr.PubKey{signer.PubKey})
	in.Close()
	if st := s.Relay.Stats(); st.Keys != 1 {
		t.Fatalf("%+v", st)
	}
}

// since holds for what is kept and for what comes.
func TestLocalSince(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	app, signer := newPerson(t), newPerson(t)
	s.Relay.Know(signer.PubKey)
	c := dial(t, s.URL)
	at := func(back int64) *nostr.Event {
		return app.sign(t, nostr.Template{CreatedAt: time.Now().Unix() - back, Kind: 24133, Tags: nostr.Tags{{"p", signer.String()}}})
	}
	old, young := at(90), at(10)
	c.mustPublish(old)
	c.mustPublish(young)
	in := open(t, s.Relay)
	in.Add([]nostr.PubKey{signer.PubKey}, time.Now().Unix()-60)
	in.want(young)
	older, now := at(80), at(0)
	c.mustPublish(older)
	c.mustPublish(now)
	in.want(now)
}

// What Publish refuses.
func TestLocalPublishRefuses(t *testing.T) {
	r := relay.New(relay.Options{})
	signer, app := newPerson(t), newPerson(t)
	forged := signer.letter(t, app.PubKey, "x")
	forged.Content = "y"
	for name, tc := range map[string]struct{ event, says string }{
		"nothing":   {"", "invalid:"},
		"junk":      {"{}", "invalid:"},
		"kind":      {string(signer.sign(t, nostr.Template{Kind: 1}).AppendJSON(nil)), "blocked:"},
		"recipient": {string(signer.sign(t, nostr.Template{Kind: 24133}).AppendJSON(nil)), "invalid:"},
		"id":        {string(forged.AppendJSON(nil)), "mute:"},
		"listener":  {string(signer.letter(t, app.PubKey, "x").AppendJSON(nil)), "mute:"},
	} {
		if ok, why := r.Local().Publish([]byte(tc.event)); ok || !strings.HasPrefix(why, tc.says) {
			t.Errorf("%s: %v %q", name, ok, why)
		}
	}
	r.Know(app.PubKey)
	if ok, why := r.Local().Publish(forged.AppendJSON(nil)); ok || !strings.HasPrefix(why, "invalid: the id") {
		t.Error(ok, why)
	}
}

// A slow keeper makes publishers wait, and no one else; what is refused may
// come again.
func TestLocalSlow(t *testing.T) {
	s := relaytest.Start(t, relay.Options{Limits: relay.Limits{LocalEvents: 10}})
	app, signer := newPerson(t), newPerson(t)
	hold, entered := make(chan struct{}), make(chan struct{}, 100)
	sub := s.Relay.Local().Open(func([]byte) { entered <- struct{}{}; <-hold })
	defer sub.Close()
	sub.Add([]nostr.PubKey{signer.PubKey}, 0)
	c := dial(t, s.URL)
	c.mustPublish(app.letter(t, signer.PubKey, "first"))
	<-entered
	for i := range 5 {
		c.mustPublish(app.letter(t, signer.PubKey, fmt.Sprint(i)))
	}
	e := app.letter(t, signer.PubKey, "too many")
	if ok, why := c.publish(e); ok || !strings.HasPrefix(why, "rate-limited:") {
		t.Fatal(ok, why)
	}
	other := dial(t, s.URL)
	other.mustPublish(app.letter(t, signer.PubKey, "from elsewhere")) // has room of its own
	c.req("s", to(app))
	c.write(eventFrame(signer.letter(t, app.PubKey, "others go on")))
	c.want(nostr.LabelEvent)
	c.want(nostr.LabelOK)
	close(hold)
	for range 6 {
		<-entered
	}
	c.mustPublish(e)
	<-entered
}

// An event that went to the keeper unchecked is checked before a websocket ever
// sees it, and a forged copy neither reaches one nor hides the true event.
func TestUncheckedNeverReachesWebsocket(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	app, signer := newPerson(t), newPerson(t)
	in := open(t, s.Relay)
	in.Add([]nostr.PubKey{signer.PubKey}, 0)
	c := dial(t, s.URL)
	e := app.letter(t, signer.PubKey, "x")
	bad := *e
	bad.Sig[3] ^= 1
	c.mustPublish(&bad)
	in.want(&bad) // the keeper checks everything itself
	c.mustPublish(e)
	in.want(e)
	if ok, why := c.publish(e); !ok || !strings.HasPrefix(why, "duplicate:") {
		t.Fatal(ok, why)
	}
	in.wantNothing()
	renamed := *e
	renamed.ID[5]++
	if ok, why := c.publish(&renamed); ok || !strings.HasPrefix(why, "invalid: the id") {
		t.Fatal(ok, why)
	}
	if st := s.Relay.Stats(); st.Checked != 0 {
		t.Fatal("a signature was checked twice over: here, and again in the keeper")
	}
	if got := c.req("s", to(signer)); len(got) != 1 || got[0] != e.ID {
		t.Fatal(got)
	}
	if st := s.Relay.Stats(); st.Checked != 2 || st.MailEvents != 1 {
		t.Fatalf("%+v", st)
	}
	// With a websocket listening the check comes first.
	worse := app.letter(t, signer.PubKey, "y")
	worse.Sig[3] ^= 1
	if ok, why := dial(t, s.URL).publish(worse); ok || !strings.HasPrefix(why, "invalid: the signature") {
		t.Fatal(ok, why)
	}
	in.wantNothing()
}
