package keeper_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
)

var update = flag.Bool("update", false, "write docs/rights.md")

// rightsFile shows what each role needs for each call.
const rightsFile = "../../docs/rights.md"

const rightsHead = `# What may be called in the console

Written by ` + "`go test ./internal/keeper -run TestRights -update`" + `, which asks the keeper itself. The network's side of the signer (the front) may call what stands at the end of this page by itself; everything else it asks for in the name of a person who is signed in, and the keeper looks at that person's role for the identity concerned. **Proof** is a passkey's signature over exactly that call, in that session, once and within two minutes, or the vault's passphrase; the one that somebody signs in with is proof of one call besides: to accept the link of the app that sent them there, with the usual preset at most, in that session, once and within two minutes. (passphrase) stands where the call itself carries it. What is not in this table cannot be called there, only over the command line's socket.

| call | about | auditor | approver | owner | owner of one identity |
|---|---|---|---|---|---|
`

// samples are calls whose arguments decide what they need. The others are made
// with arguments that name ana, or an app of hers.
func samples(ana, app, question, serious, code string) []struct {
	verb, about string
	args        any
} {
	return []struct {
		verb, about string
		args        any
	}{
		{control.VerbRequestsApprove, "a question up to L2", control.AnswerArgs{ID: question, Words: "w"}},
		{control.VerbRequestsApprove, "the same, remembered", control.AnswerArgs{ID: question, Words: "w", Remember: "1h"}},
		{control.VerbRequestsApprove, "a question of L3", control.AnswerArgs{ID: serious, Words: "w"}},
		{control.VerbRequestsDeny, "any question", control.AnswerArgs{ID: serious, Words: "w", Remember: "1h"}},
		{control.VerbRequestsShow, "one identity's", control.Name{Name: question}},
		{control.VerbAppsGrant, "to refuse for good", control.GrantArgs{App: app, Verdict: "refuse", Perms: "sign_event:1"}},
		{control.VerbAppsGrant, "to refuse for a while", control.GrantArgs{App: app, Verdict: "refuse", Perms: "sign_event:4,sign_event:1~1h"}},
		{control.VerbAppsGrant, "to refuse some", control.GrantArgs{App: app, Verdict: "refuse", Perms: "sign_event:1#20/h"}},
		{control.VerbAppsGrant, "to allow or ask", control.GrantArgs{App: app, Verdict: "allow", Perms: "sign_event:1"}},
		{control.VerbAppsStop, "to allow one thing no more", control.AppRule{App: app}},
		{control.VerbAppsForget, "to forget that it asks or is refused", control.AppRule{App: app}},
		{control.VerbAppsChange, "the limits of what is allowed", control.RuleLimits{App: app}},
		{control.VerbPolicyTry, "one app", control.TryArgs{App: app}},
		{control.VerbPolicyExport, "one app", control.Name{Name: app}},
		{control.VerbPolicyExport, "all", control.Name{}},
		{control.VerbPolicyLearn, "one app", control.LearnArgs{App: app}},
		{control.VerbPolicyImport, "to see what it would change", control.PolicyImport{DryRun: true}},
		{control.VerbPolicyImport, "all", control.PolicyImport{}},
		{control.VerbActivityUndo, "to see what it would change", control.UndoArgs{}},
		{control.VerbActivityUndo, "to sign it", control.UndoArgs{Sign: true}},
		{control.VerbIdentityShow, "one identity", control.Name{Name: ana}},
		{control.VerbIdentityRename, "one identity", control.Rename{Name: ana}},
		{control.VerbIdentityExport, "one identity (passphrase)", control.Export{Name: ana}},
		{control.VerbIdentityRemove, "one identity", control.Removal{Name: ana}},
		{control.VerbRecoveryMake, "one identity", control.Name{Name: ana}},
		{control.VerbRecoveryTry, "one identity", control.RecoveryTry{Name: ana}},
		{control.VerbInvite, "one identity", control.InviteArgs{Identity: ana}},
		{control.VerbAccept, "one identity", control.AcceptArgs{InviteArgs: control.InviteArgs{Identity: ana}}},
		{control.VerbAcceptLook, "to see what it would mean, by one's own identities", control.AcceptArgs{}},
		{control.VerbAcceptDecline, "to tell an app no, whichever of one's own identities it meant", control.AcceptArgs{}},
		{control.VerbAppsAuthURL, "to tell an app where its person answers", control.AppSwitch{App: app, On: true}},
		{control.VerbAppsAuthURL, "to stop that", control.AppSwitch{App: app}},
		{control.VerbRequestsOpen, "one identity's, by its code", control.Name{Name: code}},
		{control.VerbAppsShow, "one app", control.Name{Name: app}},
		{control.VerbAppsPause, "one app", control.Name{Name: app}},
		{control.VerbAppsResume, "one app", control.Name{Name: app}},
		{control.VerbAppsRevoke, "one app", control.Name{Name: app}},
		{control.VerbPasskeyAdd, "for oneself", control.NewPasskey{}},
		{control.VerbPasskeyRemove, "somebody else's", control.PasskeyName{Person: "somebody"}},
		{control.VerbPasskeyRemove, "one's own", own{}},
		{control.VerbPeopleSignOut, "somebody else's sessions", control.PersonSession{Person: "somebody"}},
		{control.VerbPeopleSignOut, "one's own sessions", own{}},
		{control.VerbAppsPage, "one's own identities", nil},
		{control.VerbAppsWeek, "one app", control.Name{Name: app}},
		{control.VerbActivitySearch, "one's own identities", nil},
		{control.VerbNotifyList, "all, or one's own browsers", nil},
		{control.VerbNotifyBrowser, "one's own browser", nil},
		{control.VerbNotifyRemove, "one's own browser", own{}},
		{control.VerbNotifyRemove, "any way", control.NoticeName{}},
		{control.VerbNotifyTry, "one's own browser", own{}},
		{control.VerbNotifyTry, "any way", control.NoticeName{}},
		{control.VerbUnlock, "the vault (passphrase)", nil},
		{control.VerbPassphraseChange, "the vault (passphrase)", nil},
		{control.VerbIdentityList, "one's own identities", nil},
		{control.VerbAppsList, "one's own identities", nil},
		{control.VerbRequestsList, "one's own identities", nil},
		{control.VerbRequestsBlocked, "one's own identities", nil},
		{control.VerbRequestsWatch, "one's own identities", nil},
		{control.VerbActivityList, "one's own identities", nil},
		{control.VerbActivityShow, "one's own identities", nil},
		{control.VerbActivityExport, "one's own identities", nil},
		{control.VerbPeopleList, "those one may see", nil},
		{control.VerbRelaysList, "", nil},
		{control.VerbStatus, "", nil},
		{control.VerbDiscovery, "", nil},
	}
}

// own stands for arguments that name the person who acts.
type own struct{}

// The document says what every role may call; and every verb there is is in it,
// or is not for the console.
func TestRightsAreAsDocumented(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	mustCall[control.IdentityInfo](r, control.VerbIdentityAdd, control.IdentityAdd{Name: "bo"})
	ana := r.ana().ID
	mustCall[control.AppInfo](r, control.VerbAppsAuthURL, control.AppSwitch{App: mustCall[[]control.AppInfo](r, control.VerbAppsList, nil)[0].ID, On: true})
	question, _, code := c.summoned("hello")
	serious, _ := c.asks(c.event(0, `{"name":"x"}`))
	if question.Level == "L3" || serious.Level != "L3" {
		t.Fatalf("levels %s, %s", question.Level, serious.Level)
	}
	people := []*visitor{
		r.joins("auditor", "auditor", ""), r.joins("approver", "approver", ""), r.joins("an owner", "owner", ""),
		r.joins("ana's owner", "owner", ana),
	}
	elsewhere := r.joins("bo's owner", "owner", "bo")

	list := samples(ana, question.AppID, question.ID, serious.ID, code)
	for _, verb := range keeper.InConsole() {
		if !slices.ContainsFunc(list, func(s struct {
			verb, about string
			args        any
		}) bool {
			return s.verb == verb
		}) {
			list = append(list, struct {
				verb, about string
				args        any
			}{verb, "everything", nil})
		}
	}
	var rows []string
	for _, s := range list {
		cells := []string{s.verb, s.about}
		for _, v := range append(people, elsewhere) {
			args := s.args
			if _, ok := args.(own); ok {
				args = control.PasskeyName{Person: v.session.Person.ID}
			}
			p, err := v.asked(s.verb, args)
			switch {
			case privyseal.KindOf(err) == privyseal.KindDenied:
				cells = append(cells, "–")
			case err != nil:
				t.Fatalf("%s: %v", s.verb, err)
			case p.Needed:
				cells = append(cells, "proof")
			default:
				cells = append(cells, "yes")
			}
		}
		// Who has a role for another identity only may do what anybody may.
		last := cells[len(cells)-1]
		cells = cells[:len(cells)-1]
		if anyone := s.args == (own{}) || s.verb == control.VerbPasskeyAdd || s.about == "" || strings.Contains(s.about, "those one may see") || strings.Contains(s.about, "own identities") || strings.Contains(s.about, "own browser"); (last != "–") != anyone {
			t.Errorf("%s, %s: bo's owner: %s", s.verb, s.about, last)
		}
		rows = append(rows, "| "+strings.Join(cells, " | ")+" |\n")
	}
	slices.Sort(rows)
	text := rightsHead + strings.Join(rows, "") + "\nBy itself the front may call: " + strings.Join(keeper.FrontsOwn(), ", ") + ".\n"
	if *update {
		must(t, os.WriteFile(rightsFile, []byte(text), 0o644))
	}
	got, err := os.ReadFile(rightsFile)
	must(t, err)
	if string(got) != text {
		t.Fatalf("%s does not say what is so; write it anew with -update. It should be:\n%s", rightsFile, text)
	}
	// What is for the command line alone is named, so that nobody forgets a verb.
	only := slices.DeleteFunc(keeper.Verbs(), func(v string) bool { return slices.Contains(keeper.InConsole(), v) })
	if want := []string{control.VerbAlive, control.VerbConsoleCode}; !slices.Equal(only, want) {
		t.Fatalf("not in the console: %v, want %v; a new verb needs a row in the table of rights", only, want)
	}
}

// A verb without a row is refused, also to the owner with the passphrase.
func TestNoRowNoRight(t *testing.T) {
	r := newRig(t)
	v := r.enters("")
	for _, verb := range []string{control.VerbAlive, control.VerbConsoleCode, control.VerbConsoleDo, control.VerbConsoleSignIn, "", "new.verb", "invite "} {
		a := v.act(verb, nil)
		a.Passphrase = []byte(passphrase)
		wantKind(t, done(r, a), privyseal.KindDenied, fmt.Sprintf("%q", verb))
	}
}

// Roles are per identity: what is another's is neither shown nor touched.
func TestRolesArePerIdentity(t *testing.T) {
	r := newRig(t)
	mustCall[control.IdentityInfo](r, control.VerbIdentityAdd, control.IdentityAdd{Name: "bo"})
	anas := r.paired(control.InviteArgs{Identity: "ana", Preset: "ask", AppName: "ana's"})
	bos := r.paired(control.InviteArgs{Identity: "bo", Preset: "ask", AppName: "bo's"})
	v := r.joins("Bea", "approver", "ana")

	ids, err := does[[]control.IdentityInfo](v, control.VerbIdentityList, nil)
	must(t, err)
	apps, err := does[[]control.AppInfo](v, control.VerbAppsList, nil)
	must(t, err)
	if len(ids) != 1 || ids[0].Name != "ana" || len(apps) != 1 || apps[0].Name != "ana's" {
		t.Fatalf("sees %+v, %+v", ids, apps)
	}
	mine, n := anas.asks(anas.note("mine"))
	theirs, m := bos.asks(bos.note("theirs"))
	qs, err := does[[]control.QuestionInfo](v, control.VerbRequestsList, nil)
	must(t, err)
	if len(qs) != 1 || qs[0].ID != mine.ID {
		t.Fatalf("sees %+v", qs)
	}
	_, err = does[control.QuestionInfo](v, control.VerbRequestsShow, control.Name{Name: theirs.ID})
	wantKind(t, err, privyseal.KindDenied, "another's question")
	for _, verb := range []string{control.VerbRequestsApprove, control.VerbRequestsDeny} {
		_, err = does[control.QuestionInfo](v, verb, control.AnswerArgs{ID: theirs.ID, Words: theirs.Words})
		wantKind(t, err, privyseal.KindDenied, verb+" another's question")
	}
	_, err = does[control.AppInfo](v, control.VerbAppsPause, control.Name{Name: theirs.AppID})
	wantKind(t, err, privyseal.KindDenied, "pause another's app")
	records, err := does[[]control.RecordInfo](v, control.VerbActivityList, control.ActivityQuery{Limit: 1000})
	must(t, err)
	for _, rec := range records {
		if rec.Identity != ids[0].ID {
			t.Fatalf("sees the record %+v", rec)
		}
	}
	_, err = does[control.QuestionInfo](v, control.VerbRequestsApprove, control.AnswerArgs{ID: mine.ID, Words: mine.Words})
	must(t, err)
	anas.signed(anas.await(n), ids[0].PubKey)
	if got := bos.seen(m); got > 0 {
		t.Fatalf("bo's app got %d answers", got)
	}

	// A role that is taken away ends at once; so does who is removed.
	mustCall[control.PersonInfo](r, control.VerbPeopleRole, control.PersonArgs{Name: "Bea", Role: "auditor", Identity: "ana"})
	mine, _ = anas.asks(anas.note("not any more"))
	_, err = does[control.QuestionInfo](v, control.VerbRequestsApprove, control.AnswerArgs{ID: mine.ID, Words: mine.Words})
	wantKind(t, err, privyseal.KindDenied, "an auditor's yes")
	mustCall[control.PersonInfo](r, control.VerbPeopleRemove, control.Name{Name: "Bea"})
	_, err = does[[]control.AppInfo](v, control.VerbAppsList, nil)
	wantKind(t, err, privyseal.KindDenied, "who was removed")
}

// Two people have to say yes: each in a session of theirs, with a proof. The
// owner at the command line is the owner in the console.
func TestTwoPeopleInTheConsole(t *testing.T) {
	r := newRig(t)
	r.set("two-people", "sign_event:30023")
	c := r.paired(control.InviteArgs{Allow: "sign_event:30023"})
	owner := r.enters("")
	owner.enrols(0)
	bea := r.joins("Bea", "approver", "ana")
	q, n := c.asks(c.event(30023, "a tale"))
	r.reads(q.ID)
	yes := control.AnswerArgs{ID: q.ID, Words: q.Words}
	_, err := does[control.QuestionInfo](owner, control.VerbRequestsApprove, yes)
	wantKind(t, err, privyseal.KindDenied, "without a proof")
	must(t, done(r, owner.signs(control.VerbRequestsApprove, yes)))
	wantKind(t, done(r, owner.signs(control.VerbRequestsApprove, yes)), privyseal.KindConflict, "one person twice")
	_, err = call[control.QuestionInfo](r, control.VerbRequestsApprove, yes)
	wantKind(t, err, privyseal.KindConflict, "the owner once more, at the command line")
	if got := c.since(n); len(got) > 0 {
		t.Fatalf("one yes was enough: %+v", got)
	}
	n = r.outbound()
	must(t, done(r, bea.signs(control.VerbRequestsApprove, yes)))
	c.signed(c.await(n), r.author)
	if got := r.details(q.ID); !slices.Equal(got, []string{"question: a first yes by owner", "question approved by owner, Bea"}) {
		t.Fatalf("on record: %q", got)
	}
}

// An invitation lets one person in, once, with a passkey of theirs.
func TestAnInvitationLetsOneIn(t *testing.T) {
	r := newRig(t)
	code := mustCall[control.PersonCode](r, control.VerbPeopleInvite, control.PersonArgs{Name: "Bea", Role: "approver", Identity: "ana"})
	_, err := fromFront[control.Session](r, control.VerbConsoleSignIn, control.SignIn{Code: code.Code})
	wantKind(t, err, privyseal.KindDenied, "without a passkey")
	_, err = fromFront[control.PasskeyNew](r, control.VerbConsoleNewKey, control.NewKey{Code: "nothing"})
	wantKind(t, err, privyseal.KindDenied, "with a code of nobody's")
	for _, name := range []string{"Bea", "bea", "", "command line", "Ann, Bob"} {
		if _, err := call[control.PersonCode](r, control.VerbPeopleInvite, control.PersonArgs{Name: name, Role: "auditor"}); err == nil {
			t.Fatalf("%q was invited", name)
		}
	}
	v := &visitor{r: r, key: r.joins("Carl", "auditor", "").key}
	fresh, err := fromFront[control.PasskeyNew](r, control.VerbConsoleNewKey, control.NewKey{Code: code.Code})
	must(t, err)
	made := v.made(fresh)
	_, err = fromFront[control.Session](r, control.VerbConsoleSignIn, control.SignIn{Code: code.Code, Passkey: made})
	wantKind(t, err, privyseal.KindConflict, "with a passkey that is known here")
	late := mustCall[control.PersonCode](r, control.VerbPeopleInvite, control.PersonArgs{Name: "Dan", Role: "auditor"})
	r.sleep(8 * 24 * 3600e9)
	_, err = fromFront[control.PasskeyNew](r, control.VerbConsoleNewKey, control.NewKey{Code: late.Code})
	wantKind(t, err, privyseal.KindDenied, "after a week")
}

// seen counts the answers to this client after the first n events out.
func (c *client) seen(n int) (answers int) {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	for _, o := range c.r.out[n:] {
		if _, ok := c.open(o); ok {
			answers++
		}
	}
	return answers
}
