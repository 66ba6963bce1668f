package relay_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/privyseal/privyseal/internal/relay"
	"github.com/privyseal/privyseal/nostr"
)

// pipes is a listener without sockets, for tests in bubbled time.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// timed runs a test of a relay in a bubble, with a dialer.
func timed(t *testing.T, o relay.Options, test func(t *testing.T, r *relay.Relay, dial func() *client)) {
	synctest.Test(t, func(t *testing.T) {
		p := &pipes{make(chan net.Conn), make(chan struct{})}
		asked := o.Limits.Offer == 0 // at once, so that no test waits for it
		if asked {
			o.Limits.Offer = time.Nanosecond
		}
		r := relay.New(o)
		server := &http.Server{Handler: r}
		go server.Serve(p)
		test(t, r, func() *client {
			transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
				ours, theirs := net.Pipe()
				p.conns <- theirs
				return ours, nil
			}}
			ws, _, err := websocket.Dial(t.Context(), "ws://relay.test", &websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}})
			if err != nil {
				t.Fatal(err)
			}
			ws.SetReadLimit(4 << 20)
			c := &client{t: t, ws: ws}
			t.Cleanup(func() { ws.CloseNow() })
			if asked {
				c.challenge = c.want(nostr.LabelAuth).Message
			}
			return c
		})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r.Shutdown(ctx)
		close(p.done)
		server.Close()
	})
}

// A4.14: an idle connection is pinged and never closed.
func TestIdleIsNeverClosed(t *testing.T) {
	timed(t, relay.Options{}, func(t *testing.T, r *relay.Relay, dial func() *client) {
		alice, bob := newPerson(t), newPerson(t)
		c, publisher := dial(), dial()
		c.req("s", to(bob))
		type result struct {
			m   *nostr.RelayMessage
			err error
		}
		came := make(chan result, 1)
		listen := func(c *client) {
			_, b, err := c.ws.Read(t.Context()) // answers pings meanwhile
			if err != nil {
				came <- result{err: err}
				return
			}
			m, err := nostr.ParseRelayMessage(b)
			came <- result{m, err}
		}
		go listen(c)
		go listen(publisher)
		time.Sleep(24 * time.Hour)
		e := alice.letter(t, bob.PubKey, "x")
		publisher.write(eventFrame(e))
		for range 2 {
			if got := <-came; got.err != nil {
				t.Fatal("closed for being idle:", got.err)
			}
		}
		if n := r.Stats().Connections; n != 2 {
			t.Fatal(n)
		}
	})
}

// A side that no longer answers pings is gone.
func TestDeadIsCutOff(t *testing.T) {
	timed(t, relay.Options{}, func(t *testing.T, r *relay.Relay, dial func() *client) {
		dial() // reads no more, so answers no ping
		time.Sleep(65 * time.Second)
		synctest.Wait()
		if n := r.Stats().Connections; n != 0 {
			t.Fatal(n)
		}
	})
}

// A reader has ten seconds to take a message; the publisher waits for none of them.
func TestWriteDeadline(t *testing.T) {
	timed(t, relay.Options{}, func(t *testing.T, r *relay.Relay, dial func() *client) {
		alice, bob := newPerson(t), newPerson(t)
		c, publisher := dial(), dial()
		c.req("s", to(bob))
		start := time.Now()
		publisher.mustPublish(alice.letter(t, bob.PubKey, "x"))
		if waited := time.Since(start); waited != 0 {
			t.Fatal("the publisher waited", waited)
		}
		time.Sleep(9 * time.Second)
		synctest.Wait()
		if st := r.Stats(); st.Connections != 2 || st.Slow != 0 {
			t.Fatalf("%+v", st)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if st := r.Stats(); st.Connections != 1 || st.Slow != 1 {
			t.Fatalf("%+v", st)
		}
	})
}

// T8: a message that begins and never ends does not hold a connection.
func TestSlowLoris(t *testing.T) {
	timed(t, relay.Options{}, func(t *testing.T, r *relay.Relay, dial func() *client) {
		c := dial()
		w, err := c.ws.Writer(t.Context(), websocket.MessageText)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(`["EVENT",` + strings.Repeat(" ", 10_000))); err != nil {
			t.Fatal(err)
		}
		go c.ws.Read(t.Context()) // answers pings
		time.Sleep(59 * time.Second)
		synctest.Wait()
		if n := r.Stats().Connections; n != 1 {
			t.Fatal(n)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if n := r.Stats().Connections; n != 0 {
			t.Fatal(n)
		}
	})
}

// T8: a message larger than the limit is refused before it is read.
func TestFrameLimit(t *testing.T) {
	timed(t, relay.Options{}, func(t *testing.T, r *relay.Relay, dial func() *client) {
		c := dial()
		go c.ws.Write(t.Context(), websocket.MessageText, []byte(strings.Repeat(" ", 2<<20)))
		if _, _, err := c.ws.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
			t.Fatal(err)
		}
	})
}

// The mailbox is emptied in time although nothing else happens.
func TestMailboxEmptiesItself(t *testing.T) {
	timed(t, relay.Options{}, func(t *testing.T, r *relay.Relay, dial func() *client) {
		alice, keeper := newPerson(t), newPerson(t)
		r.Know(keeper.PubKey)
		for range 2 {
			e := alice.letter(t, keeper.PubKey, "x")
			if ok, why := r.Local().Publish(e.AppendJSON(nil)); !ok {
				t.Fatal(why)
			}
			time.Sleep(60 * time.Second)
		}
		time.Sleep(122 * time.Second)
		synctest.Wait()
		if st := r.Stats(); st.MailEvents != 0 {
			t.Fatalf("%+v", st)
		}
	})
}

// Beyond its quota a connection is read more slowly.
func TestTooFastIsSlowed(t *testing.T) {
	quota := relay.Quota{Burst: 1, PerSecond: 0.001}
	timed(t, relay.Options{Limits: relay.Limits{PerIP: quota, LoopbackFactor: 1}}, func(t *testing.T, r *relay.Relay, dial func() *client) {
		c := dial()
		bob := newPerson(t)
		c.req("s", to(bob))
		start := time.Now()
		for range 4 {
			c.sendReq("s", to(bob))
			c.want(nostr.LabelClosed)
		}
		if waited := time.Since(start); waited < time.Second {
			t.Fatal("slowed down by", waited)
		}
	})
}

// Who subscribes is not asked to sign in: Snort ends its subscriptions then. Who
// does not is asked after a second: NDK subscribes again after a reconnect only
// then. And so is whom a quota stops.
func TestWhoSubscribesIsNotAskedToSignIn(t *testing.T) {
	limits := relay.Limits{Offer: time.Second, PerPair: relay.Quota{Burst: 1, PerSecond: 0.01}, LoopbackFactor: 1}
	timed(t, relay.Options{Limits: limits}, func(t *testing.T, r *relay.Relay, dial func() *client) {
		alice, bob := newPerson(t), newPerson(t)
		listener, idle := dial(), dial()
		listener.req("s", to(bob))
		time.Sleep(2 * time.Second)
		if c := idle.want(nostr.LabelAuth).Message; c == "" {
			t.Error("no challenge")
		}
		idle.write(eventFrame(alice.letter(t, bob.PubKey, "hello")))
		if m := idle.want(nostr.LabelOK); !m.OK {
			t.Fatal(m.Message)
		}
		listener.want(nostr.LabelEvent)
		carl, busy := newPerson(t), dial()
		busy.req("s", to(carl))
		busy.write(eventFrame(carl.letter(t, bob.PubKey, "one")))
		if m := busy.want(nostr.LabelOK); !m.OK {
			t.Fatal(m.Message)
		}
		busy.write(eventFrame(carl.letter(t, bob.PubKey, "two")))
		busy.want(nostr.LabelAuth)
		if m := busy.want(nostr.LabelOK); !strings.HasPrefix(m.Message, "rate-limited: ") {
			t.Error(m.Message)
		}
	})
}
