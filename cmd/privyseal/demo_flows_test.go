package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/client"
	"github.com/privyseal/privyseal/examples/webapp/relays"
	"github.com/privyseal/privyseal/examples/webapp/stage"
	"github.com/privyseal/privyseal/login"
	"github.com/privyseal/privyseal/nostr"
)

// guest is somebody at one of the demo's apps, with a browser's cookies, and a
// signer reached by the SDK.
type guest struct {
	t       *testing.T
	origin  string
	browser http.Client
	signer  *signer
	app     *client.Session
	me      nostr.PubKey
}

const demoPerms = "sign_event:0,sign_event:1,sign_event:3,sign_event:7,sign_event:1018,sign_event:9734,sign_event:10002,sign_event:27235,sign_event:30008,sign_event:30078,nip44_encrypt,nip44_decrypt"

// onStage is the demo around a real signer, and a guest at its board.
func onStage(t *testing.T) (*stage.Stage, *guest) {
	t.Helper()
	st, err := stage.Open(stage.Places{Board: "127.0.0.1:0", Desk: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	s := running(t, "--relay", st.RelayURL)
	if err := st.Play(stage.Signer{Origin: "http://localhost:1", Relay: s.ready.Relay}); err != nil {
		t.Fatal(err)
	}
	app := s.app("--preset", "trusted", "--allow", demoPerms)
	me, err := app.PublicKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return st, (&guest{t: t, signer: s, app: app, me: me}).at(st.BoardURL)
}

// at is the same person at an app, with a browser of its own.
func (g *guest) at(origin string) *guest {
	jar, err := cookiejar.New(nil)
	if err != nil {
		g.t.Fatal(err)
	}
	return &guest{t: g.t, origin: origin, browser: http.Client{Jar: jar}, signer: g.signer, app: g.app, me: g.me}
}

// post answers the status and what came, as JSON.
func (g *guest) post(path string, body io.Reader, kind string) (int, map[string]any) {
	g.t.Helper()
	req, err := http.NewRequestWithContext(g.t.Context(), http.MethodPost, g.origin+path, body)
	if err != nil {
		g.t.Fatal(err)
	}
	req.Header.Set("Origin", g.origin)
	req.Header.Set("Content-Type", kind)
	res, err := g.browser.Do(req)
	if err != nil {
		g.t.Fatal(err)
	}
	defer res.Body.Close()
	var got map[string]any
	if res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusMethodNotAllowed {
		return res.StatusCode, got
	}
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
		g.t.Fatalf("%s: %v", path, err)
	}
	return res.StatusCode, got
}

func (g *guest) form(path string, fields ...string) (int, map[string]any) {
	v := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	return g.post(path, strings.NewReader(v.Encode()), "application/x-www-form-urlencoded")
}

// sign has the signer sign what the server drafted.
func (g *guest) sign(draft map[string]any) *nostr.Event {
	g.t.Helper()
	raw, err := json.Marshal(draft)
	if err != nil {
		g.t.Fatal(err)
	}
	t, err := nostr.ParseTemplate(raw)
	if err != nil {
		g.t.Fatalf("%v: %s", err, raw)
	}
	e, err := g.app.SignEvent(g.t.Context(), *t)
	if err != nil {
		g.t.Fatal(err)
	}
	return e
}

func (g *guest) send(name string, e *nostr.Event) (int, map[string]any) {
	g.t.Helper()
	return g.post("/sent/"+name, bytes.NewReader(e.AppendJSON(nil)), "application/json")
}

// act does what a page does with a form, and answers where it leads.
func (g *guest) act(name string, fields ...string) (next string) {
	g.t.Helper()
	status, draft := g.form("/draft/"+name, fields...)
	if status != http.StatusOK {
		g.t.Fatalf("%s: %d %v", name, status, draft)
	}
	status, said := g.send(name, g.sign(draft))
	if status != http.StatusOK || said["said"] == "" {
		g.t.Fatalf("%s: %d %v", name, status, said)
	}
	next, _ = said["next"].(string)
	return next
}

// enters signs in, by the challenge.
func (g *guest) enters() {
	g.t.Helper()
	_, c := g.post(login.ChallengePath, nil, "")
	e := g.sign(map[string]any{"kind": c["kind"], "created_at": c["now"], "content": "", "tags": [][]any{{"u", c["u"]}, {"method", c["method"]}, {"challenge", c["challenge"]}}})
	if status, said := g.post(login.VerifyPath, bytes.NewReader(e.AppendJSON(nil)), "application/json"); status != http.StatusOK {
		g.t.Fatalf("signing in: %d %v", status, said)
	}
}

// seals has the signer seal a text that it asks about, and says yes there.
func (g *guest) seals(text string) string {
	g.t.Helper()
	done := make(chan ended, 1)
	go func() {
		sealed, err := g.app.Nip44Encrypt(context.Background(), g.me, text)
		done <- ended{sealed, err}
	}()
	mustRun(g.t, g.signer.dir, "requests", "approve", g.signer.question().ID)
	e := <-done
	if e.err != nil {
		g.t.Fatal(e.err)
	}
	return e.result
}

func (g *guest) reads(path string) string {
	g.t.Helper()
	res, err := g.browser.Get(g.origin + path)
	if err != nil {
		g.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		g.t.Fatalf("%s: %d %v %s", path, res.StatusCode, err, raw)
	}
	return string(raw)
}

func (g *guest) shows(path string, want ...string) {
	g.t.Helper()
	page := g.reads(path)
	for _, w := range want {
		if !strings.Contains(page, w) {
			g.t.Errorf("%s does not show %q", path, w)
		}
	}
}

// first is the first of what a pattern finds on a page.
func (g *guest) first(path, pattern string) string {
	g.t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(g.reads(path))
	if m == nil {
		g.t.Fatalf("%s has no %s", path, pattern)
	}
	return html.UnescapeString(m[1])
}

// TestDemoBoard: who signs in posts, reacts, keeps a note that the board cannot
// read, votes, and gets and shows a badge; each signed by a real signer.
func TestDemoBoard(t *testing.T) {
	t.Parallel()
	st, ana := onStage(t)
	ana.shows("/", "<nostr-login", "Fresh bread")
	if status, _ := ana.form("/draft/post", "text", "too early"); status != http.StatusUnauthorized {
		t.Errorf("drafted for nobody: %d", status)
	}
	ana.enters()
	ana.act("post", "text", "hello, village")
	ana.shows("/", "hello, village")
	ana.act("react", "post", ana.first("/", `id="p([0-9a-f]{64})"`))
	ana.shows("/", "<span>1</span>")

	sealed, err := ana.app.Nip44Encrypt(t.Context(), ana.me, "the spare key is under the pot")
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := ana.form("/draft/note", "text", "not sealed at all"); status != http.StatusBadRequest {
		t.Errorf("a note that is not sealed was drafted: %d", status)
	}
	ana.act("note", "text", sealed)
	kept := ana.first("/notes", `data-text="([^"]+)"`)
	if text, err := ana.app.Nip44Decrypt(t.Context(), ana.me, kept); err != nil || text != "the spare key is under the pot" {
		t.Errorf("the note came back as %q, %v", text, err)
	}

	ana.act("vote", "option", "willow")
	ana.act("vote", "option", "apple")
	ana.shows("/poll", "You voted for “An apple tree”")

	ana.act("profile", "name", "Ana", "about", "Plants things.")
	ana.shows("/you", `value="Ana"`)
	if _, said := ana.form("/you/check"); !strings.Contains(said["said"].(string), "Its domain names you too") {
		t.Errorf("the check says %v", said)
	}
	ana.shows("/you", "Show it on my profile")
	ana.act("badge")
	ana.shows("/you", "It is on your profile")
	ana.shows("/", "★ First post")

	// Nobody else's event is taken, nor another kind, nor a damaged one.
	_, draft := ana.form("/draft/post", "text", "mine")
	e := ana.sign(draft)
	if status, _ := ana.send("react", e); status != http.StatusBadRequest {
		t.Errorf("a post was taken as a reaction: %d", status)
	}
	e.Content = "changed"
	if status, _ := ana.send("post", e); status != http.StatusBadRequest {
		t.Errorf("a changed event was taken: %d", status)
	}
	if found, err := relays.Query(t.Context(), st.RelayURL, nostr.Filter{Authors: []nostr.PubKey{ana.me}, Kinds: []nostr.Kind{1}}); err != nil || len(found) != 1 {
		t.Errorf("%d posts are kept, %v", len(found), err)
	}
}

// TestDemoTips: a tip is asked for by a signed request, paid by hand or by a
// connected wallet within its budget, and the receipt is seen. The signer seals
// the connection, and never hands it out again: the page keeps it for a visit.
func TestDemoTips(t *testing.T) {
	t.Parallel()
	_, ana := onStage(t)
	ana.enters()
	post := ana.first("/", `id="p([0-9a-f]{64})"`)
	bill := ana.act("tip", "post", post, "sats", "21")
	ana.shows(bill, "21 sats for Bea", "lnbcrt210n1", "You have not connected a wallet")

	connection := ana.first("/wallet", `data-value="([^"]+)"`)
	sealed := ana.seals(connection) // a wallet's connection is asked about, whatever was granted
	if status, _ := ana.form("/draft/wallet", "text", connection); status != http.StatusBadRequest {
		t.Errorf("an open connection was drafted: %d", status)
	}
	ana.act("wallet", "text", sealed)
	ana.shows("/wallet", "Connected")
	if text, err := ana.app.Nip44Decrypt(t.Context(), ana.me, sealed); !errors.Is(err, client.ErrDenied) {
		t.Errorf("the signer handed a wallet's connection over: %d bytes, %v", len(text), err)
	}
	if _, said := ana.form("/wallet/budget", "wallet", connection); !strings.HasPrefix(said["said"].(string), "1000 of 1000 sats") {
		t.Errorf("the budget says %v", said)
	}
	if status, said := ana.form(bill+"/pay", "wallet", connection); status != http.StatusOK {
		t.Fatalf("paying: %d %v", status, said)
	}
	ana.shows(bill, "Bea got your 21 sats")
	ana.shows("/", "21 sats in tips")
	if status, said := ana.form(bill+"/pay", "wallet", connection); status != http.StatusBadRequest || !strings.Contains(said["message"].(string), "paid already") {
		t.Errorf("paid twice: %d %v", status, said)
	}
	large := ana.act("tip", "post", post, "sats", "1000")
	if status, said := ana.form(large+"/pay", "wallet", connection); status != http.StatusBadRequest || !strings.Contains(said["message"].(string), "budget") {
		t.Errorf("beyond the budget: %d %v", status, said)
	}
	elsewhere := strings.Replace(connection, "relay=ws%3A%2F%2Flocalhost", "relay=ws%3A%2F%2F10.0.0.1", 1)
	if status, _ := ana.form("/wallet/budget", "wallet", elsewhere); status != http.StatusBadRequest {
		t.Errorf("the board went elsewhere for a wallet: %d", status)
	}
}

// TestDemoDoor: a signed answer lets in once; so does a pass, without signer.
func TestDemoDoor(t *testing.T) {
	t.Parallel()
	_, ana := onStage(t)
	ana.enters()
	_, draft := ana.form("/draft/enter")
	e := ana.sign(draft)
	if status, said := ana.send("enter", e); status != http.StatusOK {
		t.Fatalf("%d %v", status, said)
	}
	if status, _ := ana.send("enter", e); status != http.StatusBadRequest {
		t.Errorf("the same answer let in twice: %d", status)
	}
	_, given := ana.form("/door/pass")
	pass, _ := given["pass"].(string)
	stranger := ana.at(ana.origin) // signed in nowhere, with the pass alone
	stranger.app = nil
	if status, said := stranger.form("/door/show", "pass", pass); status != http.StatusOK {
		t.Fatalf("%d %v", status, said)
	}
	if status, _ := stranger.form("/door/show", "pass", pass); status != http.StatusBadRequest {
		t.Errorf("a pass let in twice: %d", status)
	}
	if status, _ := stranger.form("/door/show", "pass", "bm8gcGFzcw"); status != http.StatusBadRequest {
		t.Errorf("what is no pass let in: %d", status)
	}
	ana.shows("/door", "by signing", "with a pass")
}

// TestDemoTakeAlong: the second app, on another origin, finds places, follows and
// settings again.
func TestDemoTakeAlong(t *testing.T) {
	t.Parallel()
	st, ana := onStage(t)
	ana.enters()
	ana.act("follow", "whom", ana.first("/carry", `name="whom" value="([0-9a-f]{64})"`))
	ana.act("places", "places", st.RelayURL+"\nwss://relay.example")
	ana.act("settings", "greeting", "Good morning, Ana", "order", "oldest")
	ana.shows("/", "Good morning, Ana")

	desk := ana.at(st.DeskURL)
	desk.shows("/", "has never seen you")
	desk.enters()
	desk.shows("/", "wss://relay.example", "Bea", "Good morning, Ana", "oldest first", "You have not connected one yet")
	if status, _ := desk.form("/draft/post", "text", "x"); status == http.StatusOK {
		t.Error("the desk posts")
	}
}
