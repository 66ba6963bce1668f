package client

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nip46"
)

// A key app that is there but has not answered is asking the person: it gets the
// long deadline, and the app is told.
func TestApprovalIsWaitedFor(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		var told atomic.Int32
		start := time.Now()
		s := w.connect(Options{OnWaiting: func(m string) {
			if d := time.Since(start); m != "sign_event" || d != 5*time.Second {
				t.Error(m, d)
			}
			told.Add(1)
		}})
		w.fake.script(func(f *Fake, a Asked) bool {
			if a.Method == nip46.SignEvent {
				go func() { time.Sleep(2 * time.Minute); f.mu.Lock(); f.usual(a); f.mu.Unlock() }()
			}
			return a.Method == nip46.SignEvent
		})
		start = time.Now()
		if _, err := s.SignEvent(background, note); err != nil || time.Since(start) != 2*time.Minute {
			t.Error(err, time.Since(start))
		}
		if told.Load() != 1 || len(w.fake.requests(nip46.Ping)) != 1 {
			t.Error("told", told.Load(), "pings", len(w.fake.requests(nip46.Ping)))
		}
	})
}

func TestApprovalEnds(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		w.fake.script(func(_ *Fake, a Asked) bool { return a.Method == nip46.SignEvent })
		start := time.Now()
		_, err := s.SignEvent(background, note)
		wantError(t, err, SideYou, ErrNoAnswer)
		if d := time.Since(start); d != 5*time.Minute {
			t.Error(d)
		}
	})
}

// One probe serves all calls that wait.
func TestProbesAreShared(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		var told atomic.Int32
		s := w.connect(Options{OnWaiting: func(string) { told.Add(1) }})
		w.fake.script(func(f *Fake, a Asked) bool {
			if a.Method == nip46.SignEvent {
				go func() { time.Sleep(time.Minute); f.mu.Lock(); f.usual(a); f.mu.Unlock() }()
			}
			return a.Method == nip46.SignEvent
		})
		errs := make(chan error)
		for range 20 {
			go func() { _, err := s.SignEvent(background, note); errs <- err }()
		}
		for range 20 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if n := len(w.fake.requests(nip46.Ping)); n != 1 {
			t.Errorf("%d pings", n)
		}
		if n := told.Load(); n != 20 {
			t.Errorf("told %d times of 20 calls", n)
		}
	})
}

// Control methods never wait for a person.
func TestControlMethodsEndSoon(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{AnswerTimeout: 7 * time.Second})
		w.fake.script(func(_ *Fake, a Asked) bool { return a.Method == nip46.Ping })
		start := time.Now()
		wantError(t, s.Ping(background), SideSigner, ErrNoAnswer)
		if d := time.Since(start); d != 7*time.Second {
			t.Error(d)
		}
	})
}

func TestNoConnectionEnds(t *testing.T) {
	inWorld(t, 2, func(t *testing.T, w *world) {
		w.net.SetUp("r0.test", false)
		w.net.SetUp("r1.test", false)
		start := time.Now()
		_, err := Connect(background, w.link(), Options{dialer: w.net.Dialer(), ConnectTimeout: 3 * time.Second})
		wantError(t, err, SideConnection, ErrNoConnection)
		if d := time.Since(start); d != 3*time.Second {
			t.Error(d)
		}
	})
}

// A relay that refuses us from the beginning is told at once; one that refuses
// for a moment, as behind a proxy that restarts, is waited for.
func TestRefusingRelay(t *testing.T) {
	inWorld(t, 0, func(t *testing.T, w *world) {
		var status atomic.Int32
		status.Store(403)
		w.add(&linktest.Relay{Status: func() int { return int(status.Load()) }})
		start := time.Now()
		_, err := Connect(background, w.link(), w.options())
		wantError(t, err, SideConnection, ErrNoConnection)
		if time.Since(start) > time.Second || strings.Contains(err.Error(), "PrivateRelays") {
			t.Error(err, time.Since(start))
		}
		status.Store(0)
		s := w.connect(Options{})
		status.Store(404)
		w.relay[0].Drop()
		go func() { time.Sleep(8 * time.Second); status.Store(0) }()
		time.Sleep(2 * time.Second)
		if err := s.Ping(background); err != nil {
			t.Error(err)
		}
	})
}

// Without any relay logout is over in time all the same, and so is one that
// reaches a relay late.
func TestLogoutOffline(t *testing.T) {
	for _, back := range []time.Duration{time.Hour, time.Second} {
		inWorld(t, 1, func(t *testing.T, w *world) {
			s := w.connect(Options{})
			w.fake.script(func(*Fake, Asked) bool { return true })
			w.net.SetUp("r0.test", false)
			w.relay[0].Drop()
			synctest.Wait()
			timer := time.AfterFunc(back, func() { w.net.SetUp("r0.test", true) })
			defer timer.Stop()
			start := time.Now()
			if err := s.Logout(background); err == nil || time.Since(start) != 3*time.Second {
				t.Error(err, time.Since(start))
			}
		})
	}
}

// After a loss the key app has its time again.
func TestDeadlineAfterALoss(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		w.fake.script(func(*Fake, Asked) bool { return true })
		go func() {
			time.Sleep(25 * time.Second)
			w.relay[0].Drop() // back within a second
			w.fake.forget()
		}()
		start := time.Now()
		_, err := s.SignEvent(background, note)
		wantError(t, err, SideSigner, ErrNoAnswer)
		if d := time.Since(start); d < 55*time.Second || d > 57*time.Second {
			t.Error(d)
		}
	})
}

// When the connection is lost after sending, the connection is to blame.
func TestLostForGood(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		w.fake.script(func(*Fake, Asked) bool { return true })
		go func() { time.Sleep(time.Second); w.net.SetUp("r0.test", false); w.relay[0].Drop() }()
		start := time.Now()
		_, err := s.SignEvent(background, note)
		wantError(t, err, SideConnection, ErrNoConnection)
		if d := time.Since(start); d != 30*time.Second {
			t.Error(d)
		}
	})
}

func TestContextEndsACall(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		w.fake.script(func(*Fake, Asked) bool { return true })
		ctx, cancel := context.WithTimeout(background, time.Second)
		defer cancel()
		_, err := s.SignEvent(ctx, note)
		wantError(t, err, SideApp, ErrCanceled)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		_, err = s.SignEvent(ctx, note) // ended before it began
		wantError(t, err, SideApp, ErrCanceled)
		if n := len(s.line.pending); n != 0 {
			t.Error(n, "requests were left behind")
		}
		_, err = Connect(ctx, w.link(), w.options())
		wantError(t, err, SideApp, ErrCanceled)
	})
}

// Faults 1 and 2 of notes/libs.md: an answer to a call that has ended stopped the
// reader, or the program.
func TestFault2AnswersToEndedCalls(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		var late []Asked
		w.fake.script(func(_ *Fake, a Asked) bool { late = append(late, a); return true })
		for range 20 {
			ctx, cancel := context.WithTimeout(background, time.Second)
			_, err := s.SignEvent(ctx, note)
			cancel()
			wantError(t, err, SideApp, ErrCanceled)
		}
		w.fake.mu.Lock()
		for _, a := range late {
			w.fake.usual(a)
			w.fake.usual(a) // and once more
		}
		w.fake.Script = nil
		w.fake.mu.Unlock()
		if _, err := s.SignEvent(background, note); err != nil {
			t.Error(err)
		}
	})
}

func TestCloseEndsACall(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		w.fake.script(func(*Fake, Asked) bool { return true })
		done := make(chan error)
		go func() { _, err := s.SignEvent(background, note); done <- err }()
		synctest.Wait()
		s.Close()
		s.Close()
		wantError(t, <-done, SideApp, ErrClosed)
		synctest.Wait()
		if len(w.relay[0].Clients()) != 0 {
			t.Error("the connection is still open")
		}
	})
}
