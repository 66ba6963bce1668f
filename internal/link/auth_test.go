package link_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nostr"
)

func signIn(t *testing.T, challenge string) []byte {
	t.Helper()
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	kp, err := sk.Keypair()
	if err != nil {
		t.Fatal(err)
	}
	tpl := nostr.Template{Kind: 22242, CreatedAt: time.Now().Unix(), Tags: nostr.Tags{{"challenge", challenge}}}
	e, err := tpl.Sign(kp, false)
	if err != nil {
		t.Fatal(err)
	}
	return e.AppendJSON(nil)
}

// authRelay serves only clients that signed in.
func authRelay() *linktest.Relay {
	return &linktest.Relay{
		Challenge: "c1",
		OnReq: func(c *linktest.Client, _ string, _ []nostr.Filter) string {
			if len(c.SignIn) == 0 {
				return "auth-required: who are you?"
			}
			return ""
		},
		OnEvent: func(c *linktest.Client, _ *nostr.Event) (bool, string, bool) {
			if len(c.SignIn) == 0 {
				return false, "auth-required: who are you?", false
			}
			return true, "", false
		},
		OnAuth: func(_ *linktest.Client, e *nostr.Event) bool { return e.Tags.TagValue("challenge") == "c1" },
	}
}

func TestSignIn(t *testing.T) {
	server := authRelay()
	run(t, server, func(w *world) {
		synctest.Wait()
		if len(w.now().asked) != 0 {
			t.Fatalf("asked for a sign-in that nothing needs: %v", w.now().asked)
		}
		w.subscribe(nostr.Filter{})
		synctest.Wait()
		got := w.publish(event("hello", time.Now()))
		if fmt.Sprint(w.now().asked) != "[c1]" {
			t.Fatalf("asked %v", w.now().asked)
		}
		w.relay.Authenticate("stale", [][]byte{signIn(t, "stale")})
		w.relay.Authenticate("c1", [][]byte{signIn(t, "wrong"), signIn(t, "c1")})
		synctest.Wait()
		if w.now().lives != 1 || !got.OK {
			t.Errorf("live %d times, receipt %+v", w.now().lives, *got)
		}
		if n := len(server.Log(nostr.LabelAuth)); n != 2 {
			t.Errorf("%d sign-ins", n)
		}
		server.Drop() // and all over again
		time.Sleep(5 * time.Second)
		if len(w.now().asked) != 2 {
			t.Errorf("asked %v", w.now().asked)
		}
	})
}

// A relay that never accepts the sign-in is asked again, slowly, and a publish
// gets its receipt.
func TestSignInRefused(t *testing.T) {
	server := authRelay()
	server.OnAuth = func(*linktest.Client, *nostr.Event) bool { return false }
	run(t, server, func(w *world) {
		w.subscribe(nostr.Filter{})
		synctest.Wait()
		got := w.publish(event("hello", time.Now()))
		w.relay.Authenticate("c1", [][]byte{signIn(t, "c1")})
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if n := len(server.Log(nostr.LabelReq)); n < 5 || n > 40 {
			t.Errorf("%d REQs in ten minutes", n)
		}
		if got.OK || got.Reason == "" {
			t.Errorf("receipt %+v", *got)
		}
	})
}

// A sign-in that was refused is soon tried again: the relay may have had a
// passing trouble.
func TestSignInRefusedForAMoment(t *testing.T) {
	server, accepts := authRelay(), false
	server.OnAuth = func(*linktest.Client, *nostr.Event) bool { return accepts }
	run(t, server, func(w *world) {
		w.subscribe(nostr.Filter{})
		synctest.Wait()
		w.relay.Authenticate("c1", [][]byte{signIn(t, "c1")})
		synctest.Wait()
		accepts = true
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if len(w.now().asked) != 2 {
			t.Fatalf("asked %d times", len(w.now().asked))
		}
		w.relay.Authenticate("c1", [][]byte{signIn(t, "c1")})
		synctest.Wait()
		if w.now().lives != 1 {
			t.Error("not subscribed")
		}
	})
}

// An event is sent once more after a sign-in, and only once.
func TestSignInDoesNotHelp(t *testing.T) {
	server := authRelay()
	server.OnEvent = func(*linktest.Client, *nostr.Event) (bool, string, bool) {
		return false, "auth-required: somebody else", false
	}
	run(t, server, func(w *world) {
		synctest.Wait()
		got := w.publish(event("hello", time.Now()))
		w.relay.Authenticate("c1", [][]byte{signIn(t, "c1")})
		synctest.Wait()
		if want := (link.Receipt{Sent: true, Reason: "auth-required: somebody else"}); *got != want {
			t.Errorf("receipt %+v", *got)
		}
		if n := len(server.Log(nostr.LabelEvent)); n != 2 {
			t.Errorf("sent %d times", n)
		}
	})
}
