package login

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// Challenge is what the browser has signed: an event of kind Kind with the tags
// u, method and challenge, created now.
type Challenge struct {
	Kind      nostr.Kind `json:"kind"`
	URL       string     `json:"u"`
	Method    string     `json:"method"`
	Challenge string     `json:"challenge"`
	Now       int64      `json:"now"`     // the server's clock, Unix seconds
	Expires   int64      `json:"expires"` // Unix seconds
}

// Account is who is signed in.
type Account struct {
	PubKey  nostr.PubKey `json:"pubkey"`
	Npub    string       `json:"npub"`
	Created time.Time    `json:"created_at"`
	Ends    time.Time    `json:"ends_at"`
	Chip    *Shown       `json:"chip,omitempty"`
}

// Handler serves the four paths.
func (l *Login) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+ChallengePath, l.guarded(l.challenge))
	mux.HandleFunc("POST "+VerifyPath, l.guarded(l.verify))
	mux.HandleFunc("POST "+LogoutPath, l.guarded(l.logout))
	mux.HandleFunc("GET "+SessionPath, l.session)
	return mux
}

// guarded takes nothing that another site sends, and not more than a person does.
func (l *Login) guarded(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		site := r.Header.Get("Sec-Fetch-Site")
		if r.Header.Get("Origin") != l.o.Origin || site != "" && site != "same-origin" {
			answer(w, http.StatusForbidden, refuse(Elsewhere, "This request came from another site. Sign in from the app's own page."))
			return
		}
		if !l.limits.allow(l.o.Client(r)) {
			w.Header().Set("Retry-After", "10")
			answer(w, http.StatusTooManyRequests, refuse(Busy, "Too many tries. Wait ten seconds, then try again."))
			return
		}
		next(w, r)
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func failed(w http.ResponseWriter, err error) {
	if r, ok := errors.AsType[*Refusal](err); ok {
		answer(w, http.StatusUnauthorized, r)
		return
	}
	w.Header().Set("Retry-After", "5")
	answer(w, http.StatusServiceUnavailable, refuse(Busy, "Signing in does not work at the moment. Try again in a few seconds."))
}

// secret makes 256 random bits, in hex.
func (l *Login) secret() (string, error) {
	var b [32]byte
	if _, err := io.ReadFull(l.o.Rand, b[:]); err != nil {
		return "", err
	}
	return hex.EncodeToString(b[:]), nil
}

func hashOf(use, secret string) Hash { return sha256.Sum256([]byte("login " + use + "\x00" + secret)) }

func (l *Login) challenge(w http.ResponseWriter, r *http.Request) {
	now := l.o.Now()
	browser := l.read(r, browserCookie)
	var err error
	if browser == "" {
		if browser, err = l.secret(); err != nil {
			failed(w, err)
			return
		}
	}
	nonce, err := l.secret()
	if err == nil {
		err = l.o.Store.AddPending(r.Context(), Pending{hashOf("challenge", nonce), hashOf("browser", browser), now.Add(challengeLasts)})
	}
	if err != nil {
		failed(w, err)
		return
	}
	l.set(w, browserCookie, browser, challengeLasts)
	answer(w, http.StatusOK, Challenge{KindLogin, l.o.Origin + VerifyPath, Method, nonce, now.Unix(), now.Add(challengeLasts).Unix()})
}

func (l *Login) verify(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxEvent))
	if err != nil {
		answer(w, http.StatusRequestEntityTooLarge, refuse(Malformed, "The signed event is larger than %d bytes.", MaxEvent))
		return
	}
	now := l.o.Now()
	key, nonce, err := Verify(body, l.o.Origin+VerifyPath, Method, now)
	if err == nil {
		err = l.o.Store.TakePending(r.Context(), hashOf("challenge", nonce), hashOf("browser", l.read(r, browserCookie)), now)
		if errors.Is(err, ErrNone) {
			err = refuse(Spent, "This sign-in was used already, or waited too long. Start again from the button.")
		}
	}
	if err != nil {
		failed(w, err)
		return
	}
	token, err := l.secret()
	k := Kept{hashOf("session", token), key, now, now, now.Add(min(l.o.Idle, l.o.Lasts))}
	if err == nil {
		err = l.o.Store.AddSession(r.Context(), k)
	}
	if err != nil {
		failed(w, err)
		return
	}
	if old := l.read(r, sessionCookie); old != "" {
		_ = l.o.Store.EndSession(r.Context(), hashOf("session", old)) // whoever knew it has nothing
	}
	l.set(w, sessionCookie, token, l.o.Lasts)
	l.set(w, browserCookie, "", -1)
	answer(w, http.StatusOK, l.account(r, k))
}

func (l *Login) session(w http.ResponseWriter, r *http.Request) {
	k, err := l.current(r)
	if err != nil {
		failed(w, err)
		return
	}
	answer(w, http.StatusOK, l.account(r, k))
}

func (l *Login) logout(w http.ResponseWriter, r *http.Request) {
	k, err := l.current(r)
	if err == nil && r.URL.Query().Get("everywhere") == "1" {
		err = l.o.Store.EndSessions(r.Context(), k.PubKey)
	} else if err == nil {
		err = l.o.Store.EndSession(r.Context(), k.Token)
	}
	if _, nobody := errors.AsType[*Refusal](err); err != nil && !nobody {
		failed(w, err)
		return
	}
	l.set(w, sessionCookie, "", -1)
	w.WriteHeader(http.StatusNoContent)
}

func (l *Login) account(r *http.Request, k Kept) Account {
	a := Account{PubKey: k.PubKey, Npub: k.PubKey.Npub(), Created: k.Created, Ends: k.Ends}
	if l.o.Chip != nil {
		a.Chip = l.o.Chip.Show(r.Context(), k.PubKey)
	}
	return a
}
