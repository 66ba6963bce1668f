package client

import (
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/privyseal/privyseal/nip46"
)

// A page is shown once; a second one for the same request neither shows nor
// ends anything, and the answer still counts.
func Test18APageIsShownOnce(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		var shown atomic.Int32
		s := w.connect(Options{OnAuthURL: func(url string) {
			if url != "https://key.example/approve?id=1" {
				t.Error(url)
			}
			shown.Add(1)
		}})
		w.fake.script(func(f *Fake, a Asked) bool {
			if a.Method == nip46.SignEvent {
				f.Page(a, "https://key.example/approve?id=1")
				f.Page(a, "https://key.example/approve?id=1")
				go func() { time.Sleep(4 * time.Minute); f.mu.Lock(); f.usual(a); f.mu.Unlock() }()
			}
			return true
		})
		if _, err := s.SignEvent(background, note); err != nil || shown.Load() != 1 {
			t.Error(err, shown.Load())
		}
		if n := len(w.fake.requests(nip46.Ping)); n != 0 {
			t.Error("a probe was sent though the person is known to be asked")
		}
	})
}

func Test18NoHandler(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		w.fake.script(func(f *Fake, a Asked) bool {
			f.Page(a, "https://key.example/approve")
			go func() { time.Sleep(time.Minute); f.mu.Lock(); f.usual(a); f.mu.Unlock() }()
			return true
		})
		if _, err := s.SignEvent(background, note); err != nil {
			t.Error(err)
		}
		w.fake.script(func(f *Fake, a Asked) bool { f.Page(a, "https://key.example/approve"); return true })
		_, err := s.SignEvent(background, note)
		wantError(t, err, SideApp, ErrNoAnswer)
		if err == nil || !strings.Contains(err.Error(), "OnAuthURL") {
			t.Error(err)
		}
	})
}

// Only the signer's page for an open request is shown, and control methods have
// none.
func Test18PagesOfOthers(t *testing.T) {
	_, stranger := newKey()
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{OnAuthURL: func(url string) { t.Error("shown:", url) }})
		w.fake.script(func(f *Fake, a Asked) bool {
			f.deliver(seal(stranger, a.Event.PubKey, string(nip46.AppendAuthURL(nil, a.ID, "https://evil.example/"))))
			f.send(a.Event.PubKey, nip46.AppendAuthURL(nil, `"unknown"`, "https://key.example/"))
			if a.Method == nip46.Ping {
				f.Page(a, "https://key.example/")
			}
			f.usual(a)
			f.Page(a, "https://key.example/late")
			return true
		})
		if _, err := s.SignEvent(background, note); err != nil {
			t.Error(err)
		}
		if err := s.Ping(background); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	})
}

func Test19OnlyWebPages(t *testing.T) {
	for page, ok := range map[string]bool{
		"https://key.example/a?b=c#d":   true,
		"http://localhost:4646/x":       true,
		"http://127.0.0.1/":             true,
		"http://[::1]:80/":              true,
		"http://app.localhost/":         true,
		"HTTPS://KEY.EXAMPLE/":          true,
		"http://key.example/":           false,
		"http://127.0.0.1.evil.example": false,
		"http://localhost.evil.example": false,
		"javascript:alert(1)":           false,
		"data:text/html,x":              false,
		"file:///etc/passwd":            false,
		"intent://x#Intent;end":         false,
		"https:///x":                    false,
		"https:key.example":             false,
		"https://you@key.example/":      false,
		"https://key.example/\nx":       false,
		"https://key.example/\u202e":    false,
		"https://key.example/ x":        false,
		"//key.example/":                false,
		"":                              false,
		"https://key.example/" + strings.Repeat("x", 2048): false,
	} {
		if got, err := checkPage(page); (err == nil) != ok || ok && got == "" {
			t.Errorf("%q: %q, %v", page, got, err)
		}
	}
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{OnAuthURL: func(url string) { t.Error("shown:", url) }})
		w.fake.script(func(f *Fake, a Asked) bool { f.Page(a, "javascript:alert(1)"); f.usual(a); return true })
		if _, err := s.SignEvent(background, note); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	})
}
