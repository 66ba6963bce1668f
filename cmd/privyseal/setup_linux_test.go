package main

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/cmd/privyseal/internal/ptytest"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

var formKey = regexp.MustCompile(`name="form" value="([0-9a-f]+)"`)

// browser is a person's, without scripts.
type browser struct {
	t      *testing.T
	client *http.Client
	page   string // the last one
	at     *url.URL
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, client: &http.Client{Jar: jar}}
}

func (b *browser) ask(r *http.Request) int {
	b.t.Helper()
	resp, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	b.page, b.at = string(text), resp.Request.URL
	return resp.StatusCode
}

func (b *browser) open(to string) int {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, to, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.ask(r)
}

// send fills in the form of the page at hand.
func (b *browser) send(fields url.Values) int {
	b.t.Helper()
	key := formKey.FindStringSubmatch(b.page)
	if key == nil {
		b.t.Fatalf("no form in\n%s", b.page)
	}
	fields.Set("form", key[1])
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.at.String(), strings.NewReader(fields.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", b.at.Scheme+"://"+b.at.Host)
	return b.ask(r)
}

// TestSetUpInBrowser: without a vault and a terminal the signer starts, says how
// it is set up, and is, by the link alone; the next start finds the vault.
func TestSetUpInBrowser(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "d")
	setenv(dir, "PRIVYSEAL_STATE", t.TempDir())
	s := start(t, dir)
	if !s.ready.SetUp || s.ready.Identities != 0 || strings.Contains(s.log.String(), control.SetUpPath) {
		t.Fatalf("ready: %+v\n%s", s.ready, s.log)
	}
	code, out, errs := runIn(dir, "invite")
	if code != exitFailed || out != "" {
		t.Errorf("a link without a vault: exit %d, %s%s", code, out, errs)
	}
	code, out, errs = runIn(dir, "console")
	if code != exitUsage || strings.Contains(out+errs, control.SetUpPath) {
		t.Errorf("a link to a pipe: exit %d, %s%s", code, out, errs)
	}
	link := mustJSON[control.PersonCode](t, dir, "console")
	if !link.SetUp {
		t.Fatalf("%+v", link)
	}
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	pk, err := sk.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t)
	if got := b.open(link.Link); got != http.StatusOK || b.at.Path != "/set-up" {
		t.Fatalf("%d at %s", got, b.at)
	}
	if got := newBrowser(t).open(link.Link); got != http.StatusForbidden {
		t.Errorf("the link again: %d", got)
	}
	fields := url.Values{"name": {"Ana"}, "how": {"bring"}, "secret": {sk.Nsec()}, "passphrase": {testPassphrase}, "again": {testPassphrase}, "away": {"no"}}
	if got := b.send(fields); got != http.StatusOK || !strings.HasSuffix(b.at.Path, "/recovery") {
		t.Fatalf("%d at %s: %s", got, b.at, b.page)
	}
	list := mustJSON[[]control.IdentityInfo](t, dir, "identity", "list")
	if len(list) != 1 || list[0].Name != "Ana" || list[0].PubKey != pk.String() {
		t.Errorf("identities: %v", list)
	}
	if strings.Contains(s.log.String(), sk.Nsec()) || strings.Contains(s.log.String(), testPassphrase) {
		t.Error("a secret is in the log")
	}
	if app := s.app("--preset", "trusted"); app == nil {
		t.Error("no app comes in")
	}
	if c := s.end(); c != exitDone {
		t.Errorf("exit %d", c)
	}
	again := start(t, dir, "--passphrase-file", shared.passphrase)
	if again.ready.SetUp || again.ready.Locked || again.ready.Identities != 1 {
		t.Errorf("the next start: %+v", again.ready)
	}
}

// TestSetUpLinkAtTerminal: at a terminal the link is there by itself; and a yes
// to phone and websites takes the public relays that answer.
func TestSetUpLinkAtTerminal(t *testing.T) {
	t.Parallel()
	public := publicRelay(t)
	dir := filepath.Join(t.TempDir(), "d")
	p := ptytest.Open(t, 200, 24)
	m := newMain("", p.TTY, p.TTY)
	m.Stdin, m.Public, m.AllowPrivate = p.TTY, []string{public}, true
	ctx, stop := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() { code <- m.Main(ctx, []string{"--data", dir, "up", "--listen", "127.0.0.1:0"}) }()
	p.Expect("browser? [Y/n] ")
	p.Type("\n")
	p.Expect("Open it in a browser to set up your key.")
	p.Expect("\nready — ")
	p.Expect("no vault yet")
	link := regexp.MustCompile(`http://localhost:\d+` + control.SetUpPath + `\w+`).FindString(p.Shown())
	b := newBrowser(t)
	if got := b.open(link); got != http.StatusOK {
		t.Fatalf("%d at %q", got, link)
	}
	b.send(url.Values{"name": {"me"}, "passphrase": {testPassphrase}, "again": {testPassphrase}, "away": {"yes"}})
	if !slices.ContainsFunc(mustJSON[[]control.RelayInfo](t, dir, "relays", "list"), func(r control.RelayInfo) bool { return r.URL == public }) {
		t.Errorf("the public relay is not on the list: %s", b.page)
	}
	stop()
	if c := <-code; c != exitDone {
		t.Errorf("exit %d", c)
	}
}

// TestKeyWithoutVault: a key is for a vault that is there; none is made.
func TestKeyWithoutVault(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "d")
	code, _, errs := runIn(dir, "up", "--listen", "127.0.0.1:0", "--key-file", shared.key)
	if code != exitFailed || !strings.Contains(errs, "no vault yet") || hasStore(dir, "") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
