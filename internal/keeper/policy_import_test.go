package keeper_test

import (
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

func (r *rig) policyFile(app string) string {
	r.t.Helper()
	return mustCall[control.PolicyText](r, control.VerbPolicyExport, control.Name{Name: app}).Text
}

func (r *rig) imports(p control.PolicyImport) control.PolicyChange {
	r.t.Helper()
	return mustCall[control.PolicyChange](r, control.VerbPolicyImport, p)
}

// A policy file is put in force as a whole: what it says counts, what it does
// not say is gone, budgets in use go on, and the record says so.
func TestPolicyImport(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{AppName: "Notes", Allow: "sign_event:30023#1/d", Refuse: "nip04_decrypt"})
	other := r.paired(control.InviteArgs{AppName: "Other", Refuse: "nip04_decrypt"})
	c.signed(c.ask("sign_event", c.event(30023, "a tale")), r.author)
	text := r.policyFile("")
	before := r.head()
	if got := r.imports(control.PolicyImport{Text: text}); got.Changes != 0 || !got.Done || r.head() != before {
		t.Fatalf("a file as it was written changes %+v", got)
	}
	text = r.policyFile("Notes")
	text = strings.Replace(text, "preset social", "preset sign-in", 1)
	text = strings.Replace(text, "refuse nip04_decrypt", "allow sign_event:7~1h   unless serious   # likes", 1)
	text = strings.Replace(text, "#1/d", "#1/d   # the blog", 1)
	dry := r.imports(control.PolicyImport{Text: text, DryRun: true})
	if a := dry.Apps[0]; dry.Changes != 4 || dry.Done || a.PresetWas != "social" || len(a.New) != 1 || len(a.Removed) != 1 || len(a.Noted) != 1 || r.head() != before {
		t.Fatalf("foretold %+v", dry)
	}
	if _, err := call[control.PolicyChange](r, control.VerbPolicyImport, control.PolicyImport{Text: text, Expect: "another"}); privyseal.KindOf(err) != privyseal.KindConflict || r.head() != before {
		t.Fatalf("a change that was not shown: %v", err)
	}
	if got := r.imports(control.PolicyImport{Text: text, Expect: dry.Token}); got.Changes != 4 || !got.Done {
		t.Fatalf("done %+v", got)
	}
	check := func() {
		t.Helper()
		c.signed(c.ask("sign_event", c.event(7, "+")), r.author)
		for want, tries := range map[string][]string{
			"ask": {c.event(1, "the preset is another"), c.event(30023, "its budget is used")},
		} {
			for _, params := range tries {
				if got := c.try("sign_event", params); got.Verdict != want {
					t.Errorf("%s: %+v", params, got)
				}
			}
		}
		if got := c.try("nip04_decrypt", r.author, "x"); got.Verdict != "ask" {
			t.Errorf("a rule that is gone: %+v", got)
		}
		if got := other.try("nip04_decrypt", r.author, "x"); got.Verdict != "refuse" {
			t.Errorf("an app that the file does not name: %+v", got)
		}
	}
	check()
	notes := mustCall[[]control.RecordInfo](r, control.VerbActivityList, control.ActivityQuery{App: r.app(c).ID, Limit: 50})
	found := 0
	for _, n := range notes {
		if strings.Contains(n.Detail, "policy imported by command line: 1 new, 1 removed, preset sign-in") {
			found++
		}
	}
	if found != 1 {
		t.Errorf("%d notes in the record", found)
	}
	r.restart()
	check()
	if text := r.policyFile("Notes"); !strings.Contains(text, "# likes") || !strings.Contains(text, "#1/d   # the blog") || !strings.Contains(text, "# May react to posts for you, until") {
		t.Errorf("written out again:\n%s", text)
	}
	r.sleep(2 * time.Hour)
	if text := r.policyFile("Notes"); strings.Contains(text, "likes") {
		t.Errorf("a rule that has ended:\n%s", text)
	}
}

// A block may be given to another app; what cannot be put in force changes
// nothing, and the error names the line.
func TestPolicyImportSaysNo(t *testing.T) {
	r := newRig(t)
	r.paired(control.InviteArgs{AppName: "Notes", Allow: "sign_event:30023"})
	other := r.paired(control.InviteArgs{AppName: "Other"})
	gone := r.paired(control.InviteArgs{AppName: "Gone"})
	mustCall[control.AppInfo](r, control.VerbAppsRevoke, control.Name{Name: "Gone"})
	got := r.imports(control.PolicyImport{Text: r.policyFile("Notes"), App: "Other"})
	if got.Apps[0].App != "Other" || len(got.Apps[0].New) != 1 || other.try("sign_event", other.event(30023, "")).Verdict != "allow" {
		t.Errorf("given to another app: %+v", got)
	}
	both := r.policyFile("")
	if got := r.imports(control.PolicyImport{Text: strings.Replace(both, "allow sign_event:30023", "", 2), App: "Other"}); len(got.Apps) != 1 || len(got.Apps[0].Removed) != 1 {
		t.Errorf("one block of two: %+v", got)
	}
	past := "app Notes\nallow sign_event:30023\nallow sign_event:7 until 2020-01-01T00:00:00Z"
	if got := r.imports(control.PolicyImport{Text: past}); got.Changes != 0 || len(got.Apps[0].Ended) != 1 {
		t.Errorf("a rule that has ended: %+v", got)
	}
	before := r.head()
	for text, says := range map[string]string{
		"":                                    "names no app",
		"app Ghost":                           "line 1: there is no app",
		"app Notes ffffffffffffffff":          "line 1: there is no app",
		"app Gone " + r.app(gone).ID:          "is revoked",
		"app Notes\npreset king":              "line 1: there is no preset",
		"app Notes\nrefuse ping":              "line 2: “ping”: connected apps may always do this",
		"app Notes\n\n\nallow nothing":        "line 4: (\"nothing\"): no such method",
		"app Other\napp x " + r.app(other).ID: "line 2: this is the app of line 1 again",
	} {
		_, err := call[control.PolicyChange](r, control.VerbPolicyImport, control.PolicyImport{Text: text})
		if privyseal.KindOf(err) != privyseal.KindInvalid || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
	if _, err := call[control.PolicyChange](r, control.VerbPolicyImport, control.PolicyImport{Text: both, App: "Ghost"}); privyseal.KindOf(err) != privyseal.KindNotFound {
		t.Errorf("for an app that is not there: %v", err)
	}
	if r.head() != before {
		t.Error("what was refused left a record")
	}
}
