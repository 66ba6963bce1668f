package link_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nostr"
)

// world is one relay, one link to it, and what was heard.
type world struct {
	t      *testing.T
	net    *linktest.Net
	server *linktest.Relay
	relay  *link.Relay

	mu    sync.Mutex
	heard heard
}

type heard struct {
	events []string // contents
	lives  int
	closed []string
	states []link.State
	asked  []string
}

// note changes what was heard; now is what was heard once all has settled.
func (w *world) note(f func(h *heard)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f(&w.heard)
}

func (w *world) now() heard {
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.heard
}

// run runs f in a bubble with a relay that is served and a link that is running.
func run(t *testing.T, server *linktest.Relay, f func(w *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, net: linktest.NewNet(), server: server}
		url := w.net.Serve("relay.test", server)
		w.relay = link.NewRelay(link.RelayOptions{
			URL: url, Dialer: w.net.Dialer(),
			State:     func(s link.State, _ error) { w.note(func(h *heard) { h.states = append(h.states, s) }) },
			Challenge: func(c string) { w.note(func(h *heard) { h.asked = append(h.asked, c) }) },
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); w.relay.Run(ctx) }()
		defer func() {
			cancel()
			<-done
			server.Drop()
			w.net.Close()
		}()
		f(w)
	})
}

func (w *world) subscribe(f nostr.Filter) *link.Sub {
	return w.relay.Subscribe([]nostr.Filter{f}, link.SubHandler{
		Event: func(m *nostr.RelayMessage, _ bool) {
			w.note(func(h *heard) { h.events = append(h.events, m.Event.Content) })
		},
		Live:   func() { w.note(func(h *heard) { h.lives++ }) },
		Closed: func(reason string) { w.note(func(h *heard) { h.closed = append(h.closed, reason) }) },
	})
}

func (w *world) publish(e *nostr.Event) *link.Receipt {
	got := new(link.Receipt)
	w.relay.Publish(e.AppendJSON(nil), e.ID, func(r link.Receipt) { *got = r })
	synctest.Wait()
	return got
}

// event is one nobody signed: nothing here looks at signatures.
func event(content string, at time.Time) *nostr.Event {
	e := &nostr.Event{Kind: 24133, Content: content, CreatedAt: at.Unix(), Tags: nostr.Tags{}}
	e.ID = e.ComputeID()
	return e
}

func wantSince(t *testing.T, m nostr.ClientMessage, want int64) {
	t.Helper()
	if got := m.Filters[0].Since; got == nil {
		t.Errorf("%s has no since", m.SubID)
	} else if *got != want {
		t.Errorf("since of %s is %d, want %d", m.SubID, *got, want)
	}
}

// Fault 5 of notes/libs.md: CLOSED for any reason but auth ended a subscription
// for good.
func TestFault5ClosedIsAskedAgain(t *testing.T) {
	for _, reason := range []string{"rate-limited: slow down", "error: shutting down", ""} {
		t.Run(reason, func(t *testing.T) {
			refusals := 4
			server := &linktest.Relay{OnReq: func(*linktest.Client, string, []nostr.Filter) string {
				if refusals--; refusals >= 0 {
					return "rate-limited: not yet"
				}
				return ""
			}}
			run(t, server, func(w *world) {
				w.subscribe(nostr.Filter{})
				time.Sleep(30 * time.Second)
				if w.now().lives != 1 || len(w.now().closed) != 4 {
					t.Fatalf("live %d times after %d refusals", w.now().lives, len(w.now().closed))
				}
				server.CloseSubs(reason)
				time.Sleep(2 * time.Minute)
				server.Deliver(event("heard", time.Now()))
				synctest.Wait()
				if w.now().lives != 2 || fmt.Sprint(w.now().events) != "[heard]" {
					t.Errorf("after CLOSED %q: live %d times, heard %v", reason, w.now().lives, w.now().events)
				}
			})
		})
	}
}

// Fault 7: reconnecting took up to ten minutes, could not be cancelled, and
// started at the present time.
func TestFault7SinceCoversTheGap(t *testing.T) {
	server := new(linktest.Relay)
	run(t, server, func(w *world) {
		w.subscribe(nostr.Filter{Since: new(time.Now().Unix() - 10), Limit: new(0)})
		time.Sleep(5 * time.Minute)
		last := time.Now()
		server.Deliver(event("one", last))
		synctest.Wait()
		time.Sleep(10 * time.Minute)
		w.net.SetUp("relay.test", false)
		server.Drop()
		time.Sleep(5 * time.Minute)
		server.Store(event("two", last.Add(9*time.Minute)))
		w.net.SetUp("relay.test", true)
		time.Sleep(time.Minute)
		synctest.Wait()
		reqs := server.Log(nostr.LabelReq)
		if len(reqs) != 2 {
			t.Fatalf("%d REQs", len(reqs))
		}
		wantSince(t, reqs[1], last.Unix()-60)
		if reqs[0].Filters[0].Limit == nil || reqs[1].Filters[0].Limit != nil {
			t.Error("a limit is for the first time only")
		}
		if fmt.Sprint(w.now().events) != "[one two]" {
			t.Errorf("heard %v", w.now().events)
		}
	})
}

// Fault 7, the local clock: events whose time lies in the future must not move
// the start past the loss, nor a fast local clock past the events.
func TestFault7Clocks(t *testing.T) {
	for _, c := range []struct {
		name string
		at   time.Duration // of the last event, from now
		want time.Duration
	}{
		{"an event from the future", 48 * time.Hour, -time.Minute},
		{"our clock is fast", -20 * time.Minute, -21 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := new(linktest.Relay)
			run(t, server, func(w *world) {
				w.subscribe(nostr.Filter{})
				synctest.Wait()
				now := time.Now()
				server.Deliver(event("x", now.Add(c.at)))
				synctest.Wait()
				server.Drop()
				time.Sleep(time.Minute)
				wantSince(t, server.Log(nostr.LabelReq)[1], now.Add(c.want).Unix())
			})
		})
	}
}

// People wait for a relay that restarts: pauses are short for two minutes, and
// grow to a minute only then. A relay that turns us away is spared from the
// beginning.
func TestReconnectPauses(t *testing.T) {
	server := new(linktest.Relay)
	run(t, server, func(w *world) {
		synctest.Wait()
		w.net.SetUp("relay.test", false)
		server.Drop()
		lost := time.Now()
		gaps := w.pauses(30 * time.Minute)
		for i, gap := range gaps {
			most := time.Minute
			if i == 0 {
				most = 500 * time.Millisecond
			} else if gap.began.Sub(lost) < 2*time.Minute {
				most = 1200 * time.Millisecond
			}
			if gap.took > most+100*time.Millisecond || gap.took < 250*time.Millisecond-50*time.Millisecond {
				t.Errorf("pause %d, %v after the loss, is %v", i, gap.began.Sub(lost), gap.took)
			}
		}
		if last := gaps[len(gaps)-1].took; last < 29*time.Second {
			t.Errorf("after half an hour the pause is %v", last)
		}
		attempts := count(w.now().states, link.Connecting)
		w.relay.Nudge()
		if n := count(w.now().states, link.Connecting); n != attempts+1 {
			t.Errorf("a nudge led to %d attempts", n-attempts)
		}
		time.Sleep(600 * time.Millisecond)
		if n := count(w.now().states, link.Connecting); n != attempts+2 {
			t.Error("the pause after a nudge is not short")
		}
	})
}

func TestRefusalsGrowThePauses(t *testing.T) {
	run(t, &linktest.Relay{Status: func() int { return 429 }}, func(w *world) {
		if n := len(w.pauses(2 * time.Minute)); n > 10 {
			t.Errorf("%d attempts in two minutes at a relay that says no", n)
		}
	})
	run(t, &linktest.Relay{OnReq: func(*linktest.Client, string, []nostr.Filter) string {
		return "rate-limited: slow down"
	}}, func(w *world) {
		w.subscribe(nostr.Filter{})
		time.Sleep(2 * time.Minute)
		if n := len(w.now().closed); n > 9 {
			t.Errorf("%d REQs in two minutes at a relay that says no", n)
		}
	})
}

type pause struct {
	began time.Time
	took  time.Duration
}

// pauses watches the attempts to connect for some time.
func (w *world) pauses(d time.Duration) (list []pause) {
	attempts, last := count(w.now().states, link.Connecting), time.Now()
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
		synctest.Wait()
		if n := count(w.now().states, link.Connecting); n > attempts {
			list = append(list, pause{last, time.Since(last)})
			attempts, last = n, time.Now()
		}
	}
	return list
}

// Only a success that lasted shortens the pauses again.
func TestPausesAfterSuccess(t *testing.T) {
	server := new(linktest.Relay)
	run(t, server, func(w *world) {
		w.net.SetUp("relay.test", false)
		server.Drop()
		time.Sleep(10 * time.Minute)
		w.net.SetUp("relay.test", true)
		for range 5 { // it accepts, and leaves at once
			up := count(w.now().states, link.Up)
			for count(w.now().states, link.Up) == up {
				time.Sleep(time.Second)
			}
			server.Drop()
			attempts := count(w.now().states, link.Connecting)
			time.Sleep(29 * time.Second)
			if n := count(w.now().states, link.Connecting); n != attempts {
				t.Fatal("a short success led to a short pause")
			}
		}
		time.Sleep(5 * time.Minute)
		attempts := count(w.now().states, link.Connecting)
		server.Drop()
		time.Sleep(600 * time.Millisecond)
		if n := count(w.now().states, link.Connecting); n != attempts+1 {
			t.Error("a long success did not lead to a short pause")
		}
	})
}

func count(states []link.State, want link.State) (n int) {
	for _, s := range states {
		if s == want {
			n++
		}
	}
	return n
}

// Fault 7: the pause must end with its context; run would hang otherwise.
func TestFault7PauseIsCancelled(t *testing.T) {
	run(t, &linktest.Relay{Status: func() int { return 503 }}, func(w *world) {
		time.Sleep(10 * time.Minute)
		start := time.Now()
		w.t.Cleanup(func() {
			if d := time.Since(start); d > 2*time.Minute {
				w.t.Errorf("ending took %v", d)
			}
		})
	})
}

// Fault 8: waiting for a pong stopped reading.
func TestFault8PingDoesNotStopReading(t *testing.T) {
	server := &linktest.Relay{NoPong: true}
	run(t, server, func(w *world) {
		w.subscribe(nostr.Filter{})
		synctest.Wait()
		time.Sleep(link.PingEvery + link.PongTimeout/2)
		server.Deliver(event("during the ping", time.Now()))
		synctest.Wait()
		if len(w.now().events) != 1 {
			t.Fatalf("heard %v while a pong was missing", w.now().events)
		}
	})
}

// Fault 8, a silent peer: it is dropped once it neither answers pings nor sends.
func TestSilentPeerIsDropped(t *testing.T) {
	server := &linktest.Relay{NoPong: true}
	run(t, server, func(w *world) {
		time.Sleep(link.PingEvery + link.PongTimeout + time.Second)
		if count(w.now().states, link.Down) != 1 {
			t.Errorf("states %v", w.now().states)
		}
	})
}

// A pong that is late because our own handler is slow is no reason to leave.
func TestSlowHandlerKeepsTheConnection(t *testing.T) {
	server := &linktest.Relay{NoPong: true}
	run(t, server, func(w *world) {
		w.relay.Subscribe([]nostr.Filter{{}}, link.SubHandler{
			Event: func(*nostr.RelayMessage, bool) { time.Sleep(5 * time.Minute) },
		})
		synctest.Wait()
		server.Deliver(event("slow", time.Now()))
		time.Sleep(5*time.Minute - time.Second)
		if count(w.now().states, link.Down) != 0 {
			t.Errorf("states %v", w.now().states)
		}
	})
}

func TestPublish(t *testing.T) {
	slow := strings.Repeat("x", 10)
	server := &linktest.Relay{OnEvent: func(_ *linktest.Client, e *nostr.Event) (bool, string, bool) {
		switch e.Content {
		case "no":
			return false, "blocked: no", false
		case "silent":
			return true, "", true
		}
		return true, "", false
	}}
	run(t, server, func(w *world) {
		for _, c := range []struct {
			content string
			want    link.Receipt
		}{
			{slow, link.Receipt{Sent: true, OK: true}},
			{"no", link.Receipt{Sent: true, Reason: "blocked: no"}},
			{"silent", link.Receipt{Reason: "no answer in time"}},
		} {
			got := w.publish(event(c.content, time.Now()))
			time.Sleep(11 * time.Second)
			synctest.Wait()
			if *got != c.want {
				t.Errorf("%s: %+v, want %+v", c.content, *got, c.want)
			}
		}
		w.net.SetUp("relay.test", false)
		got := w.publish(event("silent", time.Now()))
		server.Drop()
		synctest.Wait()
		want := link.Receipt{Reason: "the connection is down"}
		if *got != want {
			t.Errorf("lost: %+v", *got)
		}
		if got := w.publish(event("down", time.Now())); *got != want {
			t.Errorf("down: %+v", *got)
		}
	})
}

// An event published during the first attempt goes out once it succeeds, and
// after the subscriptions.
func TestPublishBeforeTheFirstConnection(t *testing.T) {
	both := make(chan struct{})
	server := &linktest.Relay{Status: func() int { <-both; return 0 }}
	run(t, server, func(w *world) {
		got := new(link.Receipt)
		e := event("early", time.Now())
		w.relay.Publish(e.AppendJSON(nil), e.ID, func(r link.Receipt) { *got = r })
		w.subscribe(nostr.Filter{})
		close(both)
		synctest.Wait()
		if !got.OK || fmt.Sprint(w.now().events) != "[early]" {
			t.Errorf("%+v, heard %v", *got, w.now().events)
		}
	})
}

func TestRefusals(t *testing.T) {
	for code, want := range map[int]link.State{301: link.Down, 302: link.Down, 403: link.Refused, 502: link.Down} {
		run(t, &linktest.Relay{Status: func() int { return code }}, func(w *world) {
			synctest.Wait()
			if fmt.Sprint(w.now().states) != fmt.Sprint([]link.State{link.Connecting, want}) {
				t.Errorf("%d: states %v", code, w.now().states)
			}
		})
	}
}
