package relay_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/privyseal/privyseal/nostr"
)

// patience bounds every wait of these tests; none depends on it passing.
const patience = time.Minute

// client is a raw websocket that speaks whatever it is told to.
type client struct {
	t         testing.TB
	ws        *websocket.Conn
	challenge string
}

// dial connects and reads the challenge.
func dial(t testing.TB, url string, header ...http.Header) *client {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	o := &websocket.DialOptions{}
	if len(header) > 0 {
		o.HTTPHeader = header[0]
	}
	ws, _, err := websocket.Dial(ctx, url, o)
	if err != nil {
		t.Fatal(err)
	}
	ws.SetReadLimit(4 << 20)
	t.Cleanup(func() { ws.CloseNow() })
	c := &client{t: t, ws: ws}
	c.challenge = c.want(nostr.LabelAuth).Message
	return c
}

func (c *client) write(frame string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.ws.Write(ctx, websocket.MessageText, []byte(frame)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) read() (*nostr.RelayMessage, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, b, err := c.ws.Read(ctx)
	if err != nil {
		return nil, err
	}
	m, err := nostr.ParseRelayMessage(b)
	if err != nil {
		c.t.Fatalf("the relay sent %q: %v", b, err)
	}
	return m, nil
}

// want reads the next message, which must have the label.
func (c *client) want(label string) *nostr.RelayMessage {
	c.t.Helper()
	m, err := c.read()
	if err != nil {
		c.t.Fatalf("waiting for %s: %v", label, err)
	}
	if m.Label != label {
		c.t.Fatalf("%s %q %q, want %s", m.Label, m.SubID, m.Message, label)
	}
	return m
}

// req subscribes and returns the ids of what came before EOSE.
func (c *client) req(id string, filters ...string) (stored []nostr.ID) {
	c.t.Helper()
	c.sendReq(id, filters...)
	for {
		m, err := c.read()
		switch {
		case err != nil:
			c.t.Fatal(err)
		case m.Label == nostr.LabelEOSE && m.SubID == id:
			return stored
		case m.Label == nostr.LabelEvent && m.SubID == id:
			stored = append(stored, m.Event.ID)
		default:
			c.t.Fatalf("%s %q %q before EOSE", m.Label, m.SubID, m.Message)
		}
	}
}

func (c *client) sendReq(id string, filters ...string) {
	c.t.Helper()
	name, _ := json.Marshal(id)
	frame := `["REQ",` + string(name)
	for _, f := range filters {
		frame += "," + f
	}
	c.write(frame + "]")
}

// publish sends an event and returns what OK said.
func (c *client) publish(e *nostr.Event) (bool, string) {
	c.t.Helper()
	c.write(eventFrame(e))
	m := c.want(nostr.LabelOK)
	if m.ID != e.ID {
		c.t.Fatalf("OK for %s, want %s", m.ID, e.ID)
	}
	return m.OK, m.Message
}

func (c *client) mustPublish(e *nostr.Event) {
	c.t.Helper()
	if ok, why := c.publish(e); !ok {
		c.t.Fatalf("refused: %s", why)
	}
}

func eventFrame(e *nostr.Event) string {
	return string(append(e.AppendJSON([]byte(`["EVENT",`)), ']'))
}

// person is a key for tests.
type person struct {
	nostr.PubKey
	pair nostr.Keypair
}

func newPerson(t testing.TB) *person {
	t.Helper()
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	pair, err := sk.Keypair()
	if err != nil {
		t.Fatal(err)
	}
	return &person{PubKey: nostr.PubKey(pair.PublicKey()), pair: pair}
}

func (p *person) sign(t testing.TB, tm nostr.Template) *nostr.Event {
	t.Helper()
	e, err := tm.Sign(p.pair, false)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// write makes an event of kind 24133 from p.
func (p *person) letter(t testing.TB, to nostr.PubKey, content string) *nostr.Event {
	t.Helper()
	return p.sign(t, nostr.Template{
		CreatedAt: time.Now().Unix(),
		Kind:      24133,
		Tags:      nostr.Tags{{"p", to.String()}},
		Content:   content,
	})
}

func to(p *person) string        { return `{"kinds":[24133],"#p":["` + p.String() + `"]}` }
func by(p *person) string        { return `{"kinds":[24133],"authors":["` + p.String() + `"]}` }
func (p *person) String() string { return p.PubKey.String() }
