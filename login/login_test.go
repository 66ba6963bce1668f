package login_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/privyseal/privyseal/login"
	"github.com/privyseal/privyseal/nostr"
)

// site is an app with people's browsers.
type site struct {
	t      *testing.T
	server *httptest.Server
	now    time.Time
	key    nostr.Keypair
	sk     nostr.SecretKey
}

func newSite(t *testing.T) *site {
	s := &site{t: t, now: time.Unix(1_790_000_000, 0)}
	var h http.Handler
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	t.Cleanup(s.server.Close)
	l, err := login.New(login.Options{Origin: s.server.URL, Store: login.NewMemory(), Now: func() time.Time { return s.now }})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/login/nostr/", l.Handler())
	mux.Handle("/own", l.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, _ := login.PubKey(r)
		_, _ = io.WriteString(w, key.String())
	})))
	h = mux
	if s.sk, err = nostr.GenerateSecretKey(); err != nil {
		t.Fatal(err)
	}
	if s.key, err = s.sk.Keypair(); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

func (s *site) send(b *http.Client, method, path, body string, change ...func(*http.Request)) (int, string) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.server.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Origin", s.server.URL)
	for _, f := range change {
		f(req)
	}
	res, err := b.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, string(raw)
}

func (s *site) ask(b *http.Client) login.Challenge {
	s.t.Helper()
	code, body := s.send(b, "POST", login.ChallengePath, "")
	var c login.Challenge
	if err := json.Unmarshal([]byte(body), &c); code != 200 || err != nil {
		s.t.Fatalf("challenge: %d %s", code, body)
	}
	return c
}

func (s *site) template(c login.Challenge) nostr.Template {
	return nostr.Template{CreatedAt: s.now.Unix(), Kind: c.Kind, Tags: nostr.Tags{{"u", c.URL}, {"method", c.Method}, {"challenge", c.Challenge}}}
}

func (s *site) sign(t nostr.Template) string {
	s.t.Helper()
	e, err := t.Sign(s.key, true)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(e.AppendJSON(nil))
}

func reason(body string) string {
	var r login.Refusal
	_ = json.Unmarshal([]byte(body), &r)
	return string(r.Reason)
}

func TestSignInUseAndSignOut(t *testing.T) {
	s, b := newSite(t), (*http.Client)(nil)
	b = s.browser()
	if code, body := s.send(b, "GET", "/own", ""); code != 401 || reason(body) != "signed-out" {
		t.Fatalf("before: %d %s", code, body)
	}
	code, body := s.send(b, "POST", login.VerifyPath, s.sign(s.template(s.ask(b))))
	var a login.Account
	if err := json.Unmarshal([]byte(body), &a); code != 200 || err != nil || a.PubKey != nostr.PubKey(s.key.PublicKey()) {
		t.Fatalf("sign in: %d %s", code, body)
	}
	if code, body = s.send(b, "GET", "/own", ""); code != 200 || body != a.PubKey.String() {
		t.Fatalf("own page: %d %s", code, body)
	}
	other := s.browser()
	if code, body = s.send(other, "POST", login.VerifyPath, s.sign(s.template(s.ask(other)))); code != 200 {
		t.Fatalf("a second browser: %d %s", code, body)
	}
	if code, _ = s.send(b, "POST", login.LogoutPath+"?everywhere=1", ""); code != 204 {
		t.Fatalf("sign out everywhere: %d", code)
	}
	for _, x := range []*http.Client{b, other} {
		if code, _ = s.send(x, "GET", "/own", ""); code != 401 {
			t.Fatalf("still signed in: %d", code)
		}
	}
}

func TestRefused(t *testing.T) {
	s := newSite(t)
	mine := func(f func(*nostr.Template)) func(c login.Challenge) string {
		return func(c login.Challenge) string {
			e := s.template(c)
			f(&e)
			return s.sign(e)
		}
	}
	tag := func(i int, v ...string) func(c login.Challenge) string {
		return mine(func(e *nostr.Template) { e.Tags[i] = v })
	}
	add := func(v ...string) func(c login.Challenge) string {
		return mine(func(e *nostr.Template) { e.Tags = append(e.Tags, v) })
	}
	for name, c := range map[string]struct {
		event func(login.Challenge) string
		want  login.Reason
	}{
		"no event":          {func(login.Challenge) string { return "ack" }, login.Malformed},
		"another kind":      {mine(func(e *nostr.Template) { e.Kind = 1 }), login.WrongKind},
		"another site":      {tag(0, "u", "https://evil.example"+login.VerifyPath), login.WrongSite},
		"another page":      {tag(0, "u", s.server.URL+"/elsewhere"), login.WrongSite},
		"origin alone":      {tag(0, "u", s.server.URL), login.WrongSite},
		"another method":    {tag(1, "method", "POST"), login.WrongSite},
		"another challenge": {tag(2, "challenge", strings.Repeat("0", 64)), login.Spent},
		"no challenge":      {mine(func(e *nostr.Template) { e.Tags = e.Tags[:2] }), login.Malformed},
		"two addresses":     {add("u", "https://evil.example/"), login.Malformed},
		"two challenges":    {add("challenge", "x"), login.Malformed},
		"no value":          {add("u"), login.Malformed},
		"another payload":   {add("payload", strings.Repeat("0", 64)), login.Malformed},
		"stale":             {mine(func(e *nostr.Template) { e.CreatedAt -= 61 }), login.Clock},
		"of tomorrow":       {mine(func(e *nostr.Template) { e.CreatedAt += 61 }), login.Clock},
		"far away":          {mine(func(e *nostr.Template) { e.CreatedAt = 1 << 52 }), login.Clock},
		"altered": {func(c login.Challenge) string {
			return strings.Replace(s.sign(s.template(c)), `"content":""`, `"content":"x"`, 1)
		}, login.Forged},
		"another's name": {func(c login.Challenge) string {
			key := nostr.PubKey(s.key.PublicKey()).String()
			return strings.Replace(s.sign(s.template(c)), key, strings.Repeat("1", 64), 1)
		}, login.Forged},
	} {
		t.Run(name, func(t *testing.T) {
			b := s.browser()
			ch := s.ask(b)
			code, body := s.send(b, "POST", login.VerifyPath, c.event(ch))
			if code != 401 || reason(body) != string(c.want) {
				t.Fatalf("%d %s, want %s", code, body, c.want)
			}
			if code, _ := s.send(b, "GET", "/own", ""); code != 401 {
				t.Fatal("signed in all the same")
			}
			// What was refused spends nothing.
			if code, body := s.send(b, "POST", login.VerifyPath, s.sign(s.template(ch))); code != 200 {
				t.Fatalf("a right try after it: %d %s", code, body)
			}
			s.now = s.now.Add(10 * time.Second) // the brake lets go
		})
	}
}

func TestAChallengeIsForOneBrowserOnceAndSoon(t *testing.T) {
	s := newSite(t)
	b, thief := s.browser(), s.browser()
	s.ask(thief)
	c := s.ask(b)
	event := s.sign(s.template(c))
	if code, body := s.send(thief, "POST", login.VerifyPath, event); code != 401 || reason(body) != "spent" {
		t.Fatalf("another browser: %d %s", code, body)
	}
	var in atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if code, _ := s.send(b, "POST", login.VerifyPath, event); code == 200 {
				in.Add(1)
			}
		})
	}
	all.Wait()
	if in.Load() != 1 {
		t.Fatalf("one event signed in %d times", in.Load())
	}
	late := s.ask(b)
	s.now = s.now.Add(5 * time.Minute)
	if code, body := s.send(b, "POST", login.VerifyPath, s.sign(s.template(late))); code != 401 || reason(body) != "spent" {
		t.Fatalf("late: %d %s", code, body)
	}
}

func TestOtherSitesAndTooManyTries(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	for name, f := range map[string]func(*http.Request){
		"no origin":      func(r *http.Request) { r.Header.Del("Origin") },
		"null":           func(r *http.Request) { r.Header.Set("Origin", "null") },
		"another origin": func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
		"cross-site":     func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"same-site":      func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
	} {
		for _, path := range []string{login.ChallengePath, login.VerifyPath, login.LogoutPath} {
			if code, body := s.send(b, "POST", path, "", f); code != 403 || reason(body) != "elsewhere" {
				t.Fatalf("%s %s: %d %s", name, path, code, body)
			}
		}
	}
	for range 30 {
		s.ask(b)
	}
	if code, body := s.send(b, "POST", login.ChallengePath, ""); code != 429 || reason(body) != "busy" {
		t.Fatalf("the 31st at once: %d %s", code, body)
	}
	if code, _ := s.send(b, "POST", login.VerifyPath, strings.Repeat(" ", login.MaxEvent+1)); code != 429 {
		t.Fatalf("verifying has the same brake: %d", code)
	}
	s.now = s.now.Add(2 * time.Second)
	if code, _ := s.send(b, "POST", login.VerifyPath, strings.Repeat(" ", login.MaxEvent+1)); code != 413 {
		t.Fatalf("too large: %d", code)
	}
}

func TestASessionEndsUnusedAndAtLast(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	if code, body := s.send(b, "POST", login.VerifyPath, s.sign(s.template(s.ask(b)))); code != 200 {
		t.Fatal(body)
	}
	begun := s.now
	for day := 13; day < 30; day += 13 {
		s.now = begun.Add(time.Duration(day) * 24 * time.Hour)
		if code, _ := s.send(b, "GET", "/own", ""); code != 200 {
			t.Fatalf("day %d: %d", day, code)
		}
	}
	s.now = begun.Add(30 * 24 * time.Hour)
	if code, _ := s.send(b, "GET", "/own", ""); code != 401 {
		t.Fatal("a session lasts 30 days at most")
	}
	b = s.browser()
	if code, body := s.send(b, "POST", login.VerifyPath, s.sign(s.template(s.ask(b)))); code != 200 {
		t.Fatal(body)
	}
	s.now = s.now.Add(14 * 24 * time.Hour)
	if code, _ := s.send(b, "GET", "/own", ""); code != 401 {
		t.Fatal("unused for 14 days, it ends")
	}
}

func TestCookies(t *testing.T) {
	l, err := login.New(login.Options{Origin: "https://app.example", Store: login.NewMemory()})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "https://app.example"+login.ChallengePath, nil)
	r.Header.Set("Origin", "https://app.example")
	w := httptest.NewRecorder()
	l.Handler().ServeHTTP(w, r)
	got := w.Header().Get("Set-Cookie")
	for _, part := range []string{"__Host-nostr-browser=", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"} {
		if !strings.Contains(got, part) {
			t.Errorf("%q lacks %s", got, part)
		}
	}
	if strings.Contains(got, "Domain") {
		t.Errorf("%q names a domain", got)
	}
}

func TestOptionsRefused(t *testing.T) {
	for i, o := range []login.Options{
		{},
		{Origin: "https://app.example"},
		{Origin: "app.example", Store: login.NewMemory()},
		{Origin: "http://app.example", Store: login.NewMemory()},
		{Origin: "https://app.example/", Store: login.NewMemory()},
		{Origin: "https://App.example", Store: login.NewMemory()},
		{Origin: "https://user@app.example", Store: login.NewMemory()},
		{Origin: "https://app.example", Store: login.NewMemory(), Lasts: -1},
	} {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			if _, err := login.New(o); err == nil || !strings.HasPrefix(err.Error(), "login: ") {
				t.Fatalf("%+v: %v", o, err)
			}
		})
	}
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte(`{"id":"","pubkey":"","created_at":1,"kind":27235,"tags":[["u","x"]],"content":"","sig":""}`), int64(0))
	f.Fuzz(func(t *testing.T, event []byte, at int64) {
		key, nonce, err := login.Verify(event, "https://a.example/x", "POST", time.Unix(at, 0))
		if (err == nil) != (nonce != "" && key != nostr.PubKey{}) {
			t.Fatalf("%v with key %v and challenge %q", err, key, nonce)
		}
	})
}
