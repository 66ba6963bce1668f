package proof

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/privyseal/privyseal/client"
	"github.com/privyseal/privyseal/nostr"
)

// asker is an app that has notes signed and subscribes anew by itself.
type asker interface {
	name() string
	sign(text string) (id string, err error)
}

// errRefused is a refusal with a reason.
type errRefused struct{ reason string }

func (e errRefused) Error() string { return e.reason }

func refusedWithReason(err error) bool {
	var sdk *client.Error
	var other errRefused
	return errors.As(err, &sdk) && sdk.Code != client.ErrNoAnswer || errors.As(err, &other) && other.reason != ""
}

// sdk is an app of our SDK.
type sdk struct {
	*client.Session
	how string
}

var patient = client.Options{Name: "day", PrivateRelays: true, AnswerTimeout: time.Minute, ConnectTimeout: time.Minute}

func sdkByLink(t testing.TB, s *signer) sdk {
	t.Helper()
	session, err := client.Connect(t.Context(), s.invite("--preset", "ask", "--allow", "sign_event:1"), patient)
	must(t, err)
	t.Cleanup(func() { session.Close() })
	return sdk{session, "SDK (bunker)"}
}

func sdkByPairing(t testing.TB, s *signer, relays ...string) sdk {
	t.Helper()
	pairing, err := client.Pair(t.Context(), relays, patient)
	must(t, err)
	s.run("accept", pairing.URI(), "--preset", "ask", "--allow", "sign_event:1")
	session, err := pairing.Wait(t.Context())
	must(t, err)
	t.Cleanup(func() { session.Close() })
	return sdk{session, "SDK (nostrconnect)"}
}

func (s sdk) name() string { return s.how }

func (s sdk) sign(text string) (string, error) {
	ev, err := s.SignEvent(context.Background(), nostr.Template{Kind: 1, CreatedAt: time.Now().Unix(), Content: text})
	if err != nil {
		return "", err
	}
	return ev.ID.String(), ev.Verify()
}

// node is a client library of others, in a process of its own. What it is told
// and what it answers are lines of JSON.
type node struct {
	called string
	in     *json.Encoder
	out    *bufio.Scanner
}

func welshman(t testing.TB, s *signer) node {
	t.Helper()
	return library(t, "welshman", s.invite("--preset", "ask", "--allow", "sign_event:1"))
}

// library runs a client library on a link.
func library(t testing.TB, name, link string) node {
	t.Helper()
	const dir = "../interop"
	install := exec.Command("node", "--input-type=module", "-e", "import('./lib/prepare.mjs').then((m) => m.install())")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("the long proof runs %s, which needs Node 20 and npm: %v\n%s", name, err, out)
	}
	cmd := exec.Command("node", "asker.mjs", name, link)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	n := node{name, json.NewEncoder(in), bufio.NewScanner(out)}
	n.out.Buffer(nil, 1<<20)
	if !n.out.Scan() || n.out.Text() != `{"ready":true}` {
		t.Fatalf("%s did not connect: %s", name, n.out.Text())
	}
	return n
}

func (n node) name() string { return n.called }

func (n node) sign(text string) (string, error) {
	ev, err := n.signEvent(nostr.Template{Kind: 1, CreatedAt: time.Now().Unix(), Tags: nostr.Tags{}, Content: text})
	if err != nil {
		return "", err
	}
	return ev.ID.String(), ev.Verify()
}

func (n node) signEvent(t nostr.Template) (*nostr.Event, error) {
	if err := n.in.Encode(json.RawMessage(t.AppendJSON(nil))); err != nil {
		return nil, err
	}
	if !n.out.Scan() {
		return nil, fmt.Errorf("it ended: %w", n.out.Err())
	}
	var got struct {
		Event json.RawMessage
		Error string
	}
	if err := json.Unmarshal(n.out.Bytes(), &got); err != nil {
		return nil, err
	}
	if got.Error != "" {
		return nil, errRefused{got.Error}
	}
	return nostr.ParseEvent(got.Event)
}
