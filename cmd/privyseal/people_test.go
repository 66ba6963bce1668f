package main

import (
	"net"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/internal/control"
)

// TestPeople: links are printed where nobody keeps them, and people come and go.
func TestPeople(t *testing.T) {
	t.Parallel()
	s := running(t)
	for _, args := range [][]string{{"console"}, {"people", "invite", "Bea"}} {
		if code, out, errs := runIn(s.dir, args...); code != exitUsage || out != "" || !strings.Contains(errs, "--json") {
			t.Fatalf("%v into a pipe: exit %d, %q, %q", args, code, out, errs)
		}
	}
	if out := mustRun(t, s.dir, "people", "list"); !strings.Contains(out, "privyseal console") {
		t.Fatalf("nobody yet: %s", out)
	}
	_, port, err := net.SplitHostPort(s.ready.Listen)
	if err != nil {
		t.Fatal(err)
	}
	site := "http://localhost:" + port
	code := mustJSON[control.PersonCode](t, s.dir, "console")
	if code.Link != site+control.EnterPath+code.Code || code.Person.Name != "owner" {
		t.Fatalf("%+v", code)
	}
	code = mustJSON[control.PersonCode](t, s.dir, "people", "invite", "Bea", "--role", "auditor", "--identity", "ana")
	if code.Link != site+control.JoinPath+code.Code || code.Person.Invited == nil {
		t.Fatalf("%+v", code)
	}
	if out := mustRun(t, s.dir, "people", "list"); !strings.Contains(out, "Bea: auditor for ana") || !strings.Contains(out, "invited until") || strings.Contains(out, code.Code) {
		t.Fatalf("list: %s", out)
	}
	if out := mustRun(t, s.dir, "people", "role", "Bea", "approver"); !strings.Contains(out, "auditor for ana, approver") {
		t.Fatalf("role: %s", out)
	}
	for _, args := range [][]string{{"people", "role", "Nobody", "owner"}, {"people", "forget", "Bea", "phone"}, {"people", "sign-out", "Bea", "--session", "ffff"}} {
		if code, _, errs := runIn(s.dir, args...); code != exitFailed || !strings.Contains(errs, "privyseal people list") {
			t.Fatalf("%v: exit %d: %s", args, code, errs)
		}
	}
	mustRun(t, s.dir, "people", "sign-out", "owner")
	mustRun(t, s.dir, "people", "remove", "Bea")
	if out := mustRun(t, s.dir, "people", "list"); strings.Contains(out, "Bea") {
		t.Fatalf("after removal: %s", out)
	}
}
