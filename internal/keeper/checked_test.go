package keeper_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

// lets connects an app in the console by its link, with the vault's passphrase.
func (v *visitor) lets(c *client, tail string) control.AppInfo {
	v.r.t.Helper()
	n := v.r.outbound()
	a := v.act(control.VerbAccept, control.AcceptArgs{
		URI:        "nostrconnect://" + c.pub.String() + "?relay=wss://a.example&secret=" + c.secret + tail,
		InviteArgs: control.InviteArgs{Preset: "sign-in", Identity: v.r.ana().ID},
	})
	a.Passphrase = []byte(passphrase)
	info, err := fromFront[control.AppInfo](v.r, control.VerbConsoleDo, a)
	must(v.r.t, err)
	signer, err := nostr.ParsePubKey(info.Signer)
	must(v.r.t, err)
	c.readdress(signer)
	c.relay = c.await(n).Relays[0]
	return info
}

// login asks for a sign-in to a host; it reports whether that was asked about.
func (c *client) login(host string) bool {
	c.r.t.Helper()
	n, before := c.r.outbound(), len(c.r.openQuestions())
	event := fmt.Sprintf(`{"kind":27235,"created_at":%d,"tags":[["u","https://%s/login"],["method","GET"],["challenge","c"]],"content":""}`, c.r.now().Unix(), host)
	c.send(c.seal(c.request("sign_event", event), c.r.now()))
	c.r.until("it was signed or asked", func() bool { return c.r.outbound() > n || len(c.r.openQuestions()) > before })
	return len(c.r.openQuestions()) > before
}

// Who sends the code that only its own page got to see is from there; nobody
// else is, and nothing else is believed (design decision 13).
func TestAnAppIsCheckedByItsReturn(t *testing.T) {
	r := newRig(t)
	owner := r.enters("")
	code := func(info control.AppInfo) string {
		u, err := url.Parse(info.Return)
		must(t, err)
		return u.Query().Get("nostr_code")
	}
	const tail = "&name=Crays&url=https://crays.example&callback=https://crays.example/in%3Fa%3Db"
	app, thief := r.client(nostr.PubKey{}, "S"), r.client(nostr.PubKey{}, "T")
	info := owner.lets(app, tail)
	if info.Checked != "" || len(code(info)) < 20 {
		t.Fatalf("%+v", info)
	}
	if u, _ := url.Parse(info.Return); u.Host != "crays.example" || u.Query().Get("a") != "b" {
		t.Fatal(info.Return)
	}
	if !app.login("crays.example") {
		t.Fatal("logged in where it only says that it is from")
	}
	// Another app with the same claims does not get that page's code, and what it
	// makes up counts for nothing.
	owner.lets(thief, tail)
	for _, guess := range []string{"", "T", "nonsense", code(info)} {
		wantResult(t, thief.ask("connect", info.Signer, guess), "ack")
	}
	if !thief.login("crays.example") {
		t.Fatal("a code of another app was believed")
	}
	wantResult(t, app.ask("connect", info.Signer, code(info)), "ack")
	shown := mustCall[control.AppInfo](r, control.VerbAppsShow, control.Name{Name: info.ID})
	if shown.Checked != "crays.example" || shown.Return != "" {
		t.Fatalf("%+v", shown)
	}
	r.sleep(2 * time.Minute) // the questions of before are over
	if app.login("crays.example") || !app.login("bank.example") {
		t.Fatal("a checked app logs in at its own site, and nowhere else")
	}
	// Who only looks like it is said to (T17).
	for host, like := range map[string]string{"crays.example": "", "xn--crys-63d.example": "crays.example", "bank.example": ""} {
		link := "nostrconnect://" + thief.pub.String() + "?relay=wss://a.example&secret=S&url=https://" + host
		if p := mustCall[control.Pairing](r, control.VerbAcceptLook, control.AcceptArgs{URI: link}); p.LooksLike != like {
			t.Errorf("%s looks like %q, want %q", host, p.LooksLike, like)
		}
	}
	// It is kept, sealed, over a restart; and gone when the app is let in anew.
	r.restart()
	if got := mustCall[control.AppInfo](r, control.VerbAppsShow, control.Name{Name: info.ID}).Checked; got != "crays.example" {
		t.Fatalf("after a restart: %q", got)
	}
	if again := owner.lets(app, "&url=https://other.example&callback=https://other.example/"); again.Checked != "" {
		t.Fatalf("%+v", again)
	}
}

// There is no code for a page that is not the app's own, nor over the command
// line, where nobody is sent anywhere.
func TestNoCodeForOthersPages(t *testing.T) {
	r := newRig(t)
	owner := r.enters("")
	for i, tail := range []string{"", "&url=https://crays.example", "&callback=https://crays.example/", "&url=https://crays.example&callback=https://evil.example/",
		"&url=http://crays.example&callback=http://crays.example/", "&url=https://crays.example&callback=https://crays.example:8443/", "&url=https://crays.example&callback=javascript:alert(1)"} {
		if info := owner.lets(r.client(nostr.PubKey{}, fmt.Sprint("S", i)), tail); info.Return != "" {
			t.Errorf("%s: %s", tail, info.Return)
		}
	}
	c := r.client(nostr.PubKey{}, "S")
	if info := c.accepted("nostrconnect://"+c.pub.String()+"?relay=wss://a.example&secret=S&url=https://crays.example&callback=https://crays.example/", control.InviteArgs{}); info.Return != "" {
		t.Error(info.Return)
	}
}
