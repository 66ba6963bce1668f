package keeper_test

import (
	"path"
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// summoned asks for a note's signature, and is told where that is answered.
func (c *client) summoned(text string) (q control.QuestionInfo, n int, code string) {
	c.r.t.Helper()
	q, n = c.asks(c.note(text))
	a := c.awaitOnly(n, func(a answer) bool { return a.Result == "auth_url" })
	if !strings.HasPrefix(a.Error, "http://localhost:4646"+control.AskPath) || strings.Contains(a.Error, q.ID) {
		c.r.t.Fatalf("auth_url %q", a.Error)
	}
	return q, n, path.Base(a.Error)
}

// One that says so as it is let in is told without being let, until the person
// says no: that outlasts what it says.
func TestAnAppAnnouncesThatItOpensQuestions(t *testing.T) {
	r := newRig(t)
	told := func(name string) bool {
		return mustCall[control.AppInfo](r, control.VerbAppsShow, control.Name{Name: name}).AuthURL
	}
	c := r.client(nostr.PubKey{}, "S")
	can := nip46.ConnectURI{Client: c.pub, Relays: []string{"wss://a.example"}, Secret: "S", Metadata: nip46.Metadata{Name: "Kit"}, AuthURL: true}
	c.accepted(can.String(), control.InviteArgs{})
	if !told("Kit") {
		t.Error("a link's announcement is not heard")
	}
	mustCall[control.AppInfo](r, control.VerbAppsAuthURL, control.AppSwitch{App: "Kit"})
	c.accepted(can.String(), control.InviteArgs{})
	if told("Kit") {
		t.Error("the person's no does not last")
	}
	for name, says := range map[string]string{"Silent": `{"name":"x"}`, "Opens": `{"name":"x","auth_url":true}`} {
		c := r.invite(control.InviteArgs{AppName: name})
		if got := c.ask("connect", c.signer.String(), c.secret, "", says); got.Result != "ack" {
			t.Fatalf("connect: %+v", got)
		}
		if told(name) != (name == "Opens") {
			t.Errorf("%s: told %v", name, told(name))
		}
	}
}

// An app is told where its person answers only if the person wants that, once a
// request, by a way that works once (NIP-46 auth challenges).
func TestAnAppIsToldWhereItsPersonAnswers(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	owner, other := r.joins("an owner", "owner", ""), r.joins("bo's", "auditor", "")
	silent, n := c.asks(c.note("not told"))
	r.settle()
	if got := c.since(n); len(got) > 0 {
		t.Fatalf("told without being wanted: %+v", got)
	}
	app := control.AppSwitch{App: silent.AppID, On: true}
	if _, err := does[control.AppInfo](owner, control.VerbAppsAuthURL, app); privyseal.KindOf(err) != privyseal.KindDenied {
		t.Fatalf("turned on without a proof: %v", err)
	}
	if info := mustCall[control.AppInfo](r, control.VerbAppsAuthURL, app); !mustCall[control.AppInfo](r, control.VerbAppsShow, control.Name{Name: info.ID}).AuthURL {
		t.Fatal("it is not on")
	}
	q, n, code := c.summoned("told")
	if _, err := does[control.QuestionInfo](owner, control.VerbRequestsOpen, control.Name{Name: code + "x"}); privyseal.KindOf(err) != privyseal.KindExpired {
		t.Errorf("a guess: %v", err)
	}
	seen, err := does[control.QuestionInfo](owner, control.VerbRequestsOpen, control.Name{Name: code})
	if must(t, err); seen.ID != q.ID {
		t.Errorf("it leads to %s, want %s", seen.ID, q.ID)
	}
	if _, err := does[control.QuestionInfo](other, control.VerbRequestsOpen, control.Name{Name: code}); privyseal.KindOf(err) != privyseal.KindExpired {
		t.Errorf("a second time: %v", err)
	}
	r.approve(control.AnswerArgs{ID: q.ID})
	r.settle()
	told := 0
	for _, a := range c.since(n) {
		if a.Result == "auth_url" {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times of one request", told)
	}
	c.signed(c.awaitLast(n+1), r.author)

	_, _, late := c.summoned("late")
	r.sleep(3 * 60 * 1e9)
	if _, err := does[control.QuestionInfo](owner, control.VerbRequestsOpen, control.Name{Name: late}); privyseal.KindOf(err) != privyseal.KindExpired {
		t.Errorf("after the question's end: %v", err)
	}
	app.On = false
	_, err = does[control.AppInfo](owner, control.VerbAppsAuthURL, app)
	must(t, err)
	_, n = c.asks(c.note("told no more"))
	r.settle()
	if got := c.since(n); len(got) > 0 {
		t.Errorf("told though it is off: %+v", got)
	}
}
