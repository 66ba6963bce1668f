// Package logintest is the conformance suite of login.Store. It refuses a store
// that gives one challenge to two callers, or a session after its end.
package logintest

import (
	"context"
	"crypto/sha256"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/privyseal/privyseal/login"
	"github.com/privyseal/privyseal/nostr"
)

func hash(s string) login.Hash { return sha256.Sum256([]byte(s)) }

func key(t *testing.T) nostr.PubKey {
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	pk, err := sk.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return pk
}

// Store tests an empty store that open makes.
func Store(t *testing.T, open func(t *testing.T) login.Store) {
	now := time.UnixMilli(1_790_000_000_000)
	pending := login.Pending{Challenge: hash("c"), Browser: hash("b"), Ends: now.Add(time.Minute)}
	none := func(t *testing.T, what string, err error) {
		t.Helper()
		if !errors.Is(err, login.ErrNone) {
			t.Fatalf("%s: %v, want ErrNone", what, err)
		}
	}
	fine := func(t *testing.T, errs ...error) {
		t.Helper()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("a challenge once", func(t *testing.T) {
		s, ctx := open(t), t.Context()
		none(t, "unknown", s.TakePending(ctx, hash("c"), hash("b"), now))
		fine(t, s.AddPending(ctx, pending))
		none(t, "another browser's", s.TakePending(ctx, hash("c"), hash("x"), now))
		none(t, "at its end", s.TakePending(ctx, hash("c"), hash("b"), pending.Ends))
		fine(t, s.TakePending(ctx, hash("c"), hash("b"), pending.Ends.Add(-time.Millisecond)))
		none(t, "again", s.TakePending(ctx, hash("c"), hash("b"), now))
	})
	t.Run("one of many at once", func(t *testing.T) {
		s, ctx := open(t), t.Context()
		for i := range 20 {
			p := pending
			p.Challenge = hash(strconv.Itoa(i))
			fine(t, s.AddPending(ctx, p))
			var got atomic.Int32
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					if s.TakePending(ctx, p.Challenge, p.Browser, now) == nil {
						got.Add(1)
					}
				})
			}
			all.Wait()
			if got.Load() != 1 {
				t.Fatalf("%d of 8 got the challenge", got.Load())
			}
		}
	})
	t.Run("sessions", func(t *testing.T) {
		s, ctx := open(t), context.Background()
		alice, bob := key(t), key(t)
		for name, key := range map[string]nostr.PubKey{"a1": alice, "a2": alice, "a3": alice, "b": bob} {
			fine(t, s.AddSession(ctx, login.Kept{Token: hash(name), PubKey: key, Created: now, Used: now, Ends: now.Add(time.Hour)}))
		}
		k, err := s.Session(ctx, hash("a1"), now)
		fine(t, err)
		if k.PubKey != alice || k.Token != hash("a1") || !k.Created.Equal(now) || !k.Used.Equal(now) || !k.Ends.Equal(now.Add(time.Hour)) {
			t.Fatalf("not as it was kept: %+v", k)
		}
		_, err = s.Session(ctx, hash("a1"), now.Add(time.Hour))
		none(t, "at its end", err)
		later := now.Add(time.Minute)
		fine(t, s.Touch(ctx, hash("a1"), later, later.Add(2*time.Hour)))
		k, err = s.Session(ctx, hash("a1"), now.Add(time.Hour))
		fine(t, err)
		if !k.Used.Equal(later) {
			t.Fatal("the use was not noted")
		}
		none(t, "touching none", s.Touch(ctx, hash("x"), now, now))
		fine(t, s.EndSession(ctx, hash("a2")), s.EndSession(ctx, hash("a2")))
		_, err = s.Session(ctx, hash("a2"), now)
		none(t, "ended", err)
		fine(t, s.EndSessions(ctx, alice))
		_, err = s.Session(ctx, hash("a3"), now)
		none(t, "ended with all", err)
		_, err = s.Session(ctx, hash("b"), now)
		fine(t, err)
	})
	t.Run("sweep", func(t *testing.T) {
		s, ctx := open(t), t.Context()
		fine(t, s.AddPending(ctx, pending), s.AddSession(ctx, login.Kept{Token: hash("a"), PubKey: key(t), Ends: pending.Ends}))
		fine(t, s.Sweep(ctx, pending.Ends.Add(-time.Millisecond)))
		_, err := s.Session(ctx, hash("a"), now)
		fine(t, err)
		fine(t, s.Sweep(ctx, pending.Ends))
		none(t, "swept", s.TakePending(ctx, hash("c"), hash("b"), now))
		_, err = s.Session(ctx, hash("a"), now)
		none(t, "swept", err)
	})
}
