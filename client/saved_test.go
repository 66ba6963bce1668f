package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/privyseal/privyseal/nip46"
)

// A restored session listens, knows the person and does not connect anew.
func Test13And27Resume(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		first := w.connect(Options{})
		kept, err := first.Export()
		if err != nil {
			t.Fatal(err)
		}
		first.Close()
		s, err := Resume(kept, w.options())
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if _, err := s.SignEvent(background, note); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if n := len(w.fake.requests(nip46.Connect)); n != 1 {
			t.Errorf("%d connects", n)
		}
		if n := len(w.fake.requests(nip46.GetPublicKey)); n != 1 {
			t.Errorf("the key was asked for %d times", n)
		}
		if n := len(w.fake.requests(nip46.SwitchRelays)); n != 2 {
			t.Errorf("switch_relays was sent %d times", n)
		}
		if again, err := s.Export(); err != nil || !bytes.Equal(again, kept) || s.Client() != first.Client() {
			t.Error("the session changed on its way", err)
		}
	})
}

// A key app that was silent as the session was taken up is asked again where to
// meet.
func TestResumeAsksAgain(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		first := w.connect(Options{})
		kept, _ := first.Export()
		first.Close()
		before := len(w.fake.requests(nip46.SwitchRelays))
		asked := func() int { synctest.Wait(); return len(w.fake.requests(nip46.SwitchRelays)) - before }
		w.fake.Script = func(_ *Fake, a Asked) bool { return a.Method == nip46.SwitchRelays }
		s, err := Resume(kept, w.options())
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		time.Sleep(13 * time.Second)
		if n := asked(); n != 1 {
			t.Fatalf("asked %d times at first", n)
		}
		time.Sleep(3 * time.Second)
		if n := asked(); n != 2 {
			t.Fatalf("asked %d times after ten seconds", n)
		}
		w.fake.mu.Lock()
		w.fake.Script = nil
		w.fake.mu.Unlock()
		time.Sleep(time.Hour)
		if n := asked(); n != 3 {
			t.Fatalf("asked %d times in all", n)
		}
	})
}

// Without a network a session resumes all the same.
func TestResumeOffline(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		kept, _ := w.connect(Options{}).Export()
		w.net.SetUp("r0.test", false)
		s, err := Resume(kept, w.options())
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		wantError(t, s.Ping(background), SideConnection, ErrNoConnection)
		w.net.SetUp("r0.test", true)
		s.Wake()
		if err := s.Ping(background); err != nil {
			t.Error(err)
		}
	})
}

// The same client key with the same link is no new client.
func TestClientKey(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		secret, kp := newKey()
		for range 2 {
			if s := w.connect(Options{ClientKey: secret}); s.Client() != pub(kp) {
				t.Error("another key was used")
			}
		}
	})
}

func TestNothingPrintsTheSecret(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		var logged bytes.Buffer
		s := w.connect(Options{Logger: slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))})
		w.relay[0].Drop()
		if _, err := s.SignEvent(background, note); err != nil {
			t.Fatal(err)
		}
		kept, _ := s.Export()
		var in saved
		if err := json.Unmarshal(kept, &in); err != nil || !strings.HasPrefix(in.Client, "nsec1") {
			t.Fatal(err)
		}
		hex := fmt.Sprintf("%x", [32]byte(s.line.secret))
		slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "session", s, "saved", kept)
		text := logged.String()
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			text += fmt.Sprintf(verb+verb+verb, s, kept, struct{ S *Session }{s})
		}
		for _, secret := range []string{in.Client, hex, w.fake.Secret, note.Content} {
			if strings.Contains(text, secret) {
				t.Errorf("%.5s… is in %s", secret, text)
			}
		}
	})
}

func TestResumeRefuses(t *testing.T) {
	key := "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"
	signer := "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d"
	good := fmt.Sprintf(`{"v":1,"client":%q,"signer":%q,"relays":["wss://relay.example"]}`, key, signer)
	s, err := Resume([]byte(good), Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	for _, bad := range []string{
		"", "null", "[]", "{}", good + "x",
		strings.Replace(good, `"v":1`, `"v":2`, 1),
		strings.Replace(good, key, key[:60], 1),
		strings.Replace(good, signer, signer[:60], 1),
		strings.Replace(good, signer, strings.Repeat("f", 64), 1),
		strings.Replace(good, `"relays":["wss://relay.example"]`, `"relays":[]`, 1),
		strings.Replace(good, "wss://", "https://", 1),
		strings.Replace(good, `"relays"`, `"user":"x","relays"`, 1),
		good + strings.Repeat(" ", 1<<17),
	} {
		s, err := Resume([]byte(bad), Options{})
		if s != nil {
			s.Close()
			t.Fatalf("accepted %.200s", bad)
		}
		wantError(t, err, SideApp, ErrSession)
		if strings.Contains(err.Error(), key[:20]) {
			t.Error("the error quotes the secret")
		}
	}
}

// What Resume accepts Export gives back, and never a word of it is in an error.
func FuzzResume(f *testing.F) {
	f.Add(`{"v":1,"client":"nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5","signer":"3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d","relays":["wss://relay.example"]}`)
	f.Add(`{"v":1,"client":"","signer":"","relays":[]}`)
	f.Add(`{"v":1}`)
	f.Fuzz(func(t *testing.T, text string) {
		in, err := parseSaved([]byte(text))
		if err != nil {
			return
		}
		again, err := parseSaved(in.append())
		if err != nil || fmt.Sprint(again.relays, again.user, again.signer) != fmt.Sprint(in.relays, in.user, in.signer) || again.secret != in.secret {
			t.Fatalf("%v %v", again, err)
		}
	})
}
