package login

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

const (
	sessionCookie = "nostr-session"
	browserCookie = "nostr-browser" // who asked for a challenge
	touchAfter    = time.Minute     // a session is noted as used this often at most
)

// cookie is a name that only this host can have set, where https allows it.
func (l *Login) cookie(name string) string {
	if l.secure {
		return "__Host-" + name
	}
	return name
}

func (l *Login) set(w http.ResponseWriter, name, value string, lasts time.Duration) {
	http.SetCookie(w, &http.Cookie{Name: l.cookie(name), Value: value, Path: "/", MaxAge: int(lasts / time.Second),
		HttpOnly: true, Secure: l.secure, SameSite: http.SameSiteLaxMode})
}

func (l *Login) read(r *http.Request, name string) string {
	c, err := r.Cookie(l.cookie(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// current finds the request's session and notes that it was used.
func (l *Login) current(r *http.Request) (Kept, error) {
	token := l.read(r, sessionCookie)
	if token == "" {
		return Kept{}, refuse(SignedOut, "Nobody is signed in here.")
	}
	now := l.o.Now()
	k, err := l.o.Store.Session(r.Context(), hashOf("session", token), now)
	if errors.Is(err, ErrNone) {
		return Kept{}, refuse(SignedOut, "You were signed out. Sign in again.")
	}
	if err != nil {
		return Kept{}, err
	}
	if now.Sub(k.Used) >= touchAfter {
		k.Used, k.Ends = now, earlier(now.Add(l.o.Idle), k.Created.Add(l.o.Lasts))
		if err := l.o.Store.Touch(r.Context(), k.Token, k.Used, k.Ends); err != nil && !errors.Is(err, ErrNone) {
			return Kept{}, err
		}
	}
	return k, nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

type keyOf struct{}

// Require lets only requests of somebody who is signed in through; others get
// 401 and a [Refusal]. [PubKey] says who it is.
func (l *Login) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k, err := l.current(r)
		if err != nil {
			failed(w, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), keyOf{}, k.PubKey)))
	})
}

// PubKey is who a request that came through [Login.Require] is from.
func PubKey(r *http.Request) (key nostr.PubKey, ok bool) {
	key, ok = r.Context().Value(keyOf{}).(nostr.PubKey)
	return key, ok
}

// Account is who a request is from, for pages that also work signed out. Errors
// are *[Refusal] with [SignedOut], or the store's.
func (l *Login) Account(r *http.Request) (Account, error) {
	k, err := l.current(r)
	if err != nil {
		return Account{}, err
	}
	return l.account(r, k), nil
}

// Sweep forgets challenges and sessions that have ended. Call it now and then.
func (l *Login) Sweep(ctx context.Context) error { return l.o.Store.Sweep(ctx, l.o.Now()) }
