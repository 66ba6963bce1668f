package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

const bea = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"

// TestPolicyTry: each way to name a request, with its verdict and exit code.
func TestPolicyTry(t *testing.T) {
	t.Parallel()
	s := running(t)
	s.app("--app-name", "Notes", "--refuse", "nip04_decrypt")
	tmp := t.TempDir()
	event := filepath.Join(tmp, "event.json")
	request := filepath.Join(tmp, "request.json")
	for path, text := range map[string]string{
		event:   `{"kind":1,"content":"gm"}`,
		request: `{"method":"nip04_decrypt","params":["` + bea + `","x"]}`,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args []string
		want string
		code int
		says string
	}{
		{[]string{"sign_event:1"}, "allow", exitDone, "May post notes for you"},
		{[]string{`{"kind":1}`}, "allow", exitDone, "0 of 20 are used"},
		{[]string{"sign_event", `{"kind":1,"content":"gm"}`}, "allow", exitDone, "when the app was connected"},
		{[]string{"--file", event}, "allow", exitDone, "Allowed"},
		{[]string{"sign_event:27235@zap.kitchen"}, "ask", exitDone, "log in to zap.kitchen"},
		{[]string{"sign_event:22242@relay.example"}, "ask", exitDone, "tell relay.example it's you"},
		{[]string{"sign_event:24242@files.example"}, "ask", exitDone, "upload one file to files.example"},
		{[]string{"nip44_decrypt@" + bea}, "ask", exitDone, "privyseal apps allow Notes nip44_decrypt@" + bea},
		{[]string{"nip04_decrypt", bea, "x"}, "refuse", exitRefused, "The app would be told: denied:"},
		{[]string{"--file", request}, "refuse", exitRefused, "May never read your old private texts"},
		{[]string{"sign_event:62"}, "refuse", exitRefused, "Blocked."},
		{[]string{"ping"}, "allow", exitDone, "always"},
		{[]string{"nonsense"}, "refuse", exitRefused, "unsupported"},
	} {
		args := append([]string{"policy", "try", "Notes"}, c.args...)
		code, out, errs := runIn(s.dir, args...)
		if code != c.code || !strings.Contains(out, c.says) || errs != "" {
			t.Errorf("%q: exit %d, not %d, or not %q:\n%s%s", c.args, code, c.code, c.says, out, errs)
		}
		_, doc, _ := runIn(s.dir, append(args, "--json")...)
		if names := strings.Join(keys(t, doc), " "); !strings.Contains(doc, `"verdict": "`+c.want+`"`) || !strings.HasPrefix(names, "app app_id changes identity") && !strings.HasPrefix(names, "answer app app_id changes identity") {
			t.Errorf("%q: not %s: %s", c.args, c.want, doc)
		}
	}
	for _, c := range []struct {
		args []string
		says string
		code int
	}{
		{nil, "say what the app would ask for", exitUsage},
		{[]string{"sign_event"}, "say which kind", exitUsage},
		{[]string{"nip44_encrypt"}, "say with whom", exitUsage},
		{[]string{"{nonsense"}, "neither an event nor a request", exitUsage},
		{[]string{`{"content":"x"}`}, "neither an event nor a request", exitUsage},
		{[]string{"ping", "--file", event}, "leave one", exitUsage},
		{[]string{"--file", filepath.Join(tmp, "none")}, "none", exitFailed},
	} {
		code, out, errs := runIn(s.dir, append([]string{"policy", "try", "Notes"}, c.args...)...)
		if code != c.code || !strings.Contains(errs, c.says) || out != "" {
			t.Errorf("%q: exit %d: %s%s", c.args, code, errs, out)
		}
	}
	if n := mustJSON[control.Verification](t, s.dir, "activity", "verify").Records; n != 5 { // vault, seals, identity, link, pairing
		t.Errorf("%d records: trying leaves some", n)
	}
}

// TestPolicyFiles: written out, changed by hand, looked at, read in.
func TestPolicyFiles(t *testing.T) {
	t.Parallel()
	s := running(t)
	s.app("--app-name", "Notes", "--allow", "sign_event:30023#5/d")
	s.app("--app-name", "My Blog", "--preset", "ask")
	tmp := t.TempDir()
	file := filepath.Join(tmp, "policy.txt")
	if out := mustRun(t, s.dir, "policy", "export", file); !strings.Contains(out, "2 apps") {
		t.Error(out)
	}
	if code, _, errs := runIn(s.dir, "policy", "export", file); code != exitFailed || !strings.Contains(errs, "--force") {
		t.Errorf("over a file: exit %d: %s", code, errs)
	}
	text := mustRun(t, s.dir, "policy", "export")
	if kept, err := os.ReadFile(file); err != nil || string(kept) != text {
		t.Errorf("%v: the file is not what is printed:\n%s", err, kept)
	}
	for _, says := range []string{`app "Notes" `, `app "My Blog" `, "preset ask", "# May publish articles for you, up to 5 a day.", "    allow sign_event:30023#5/d\n"} {
		if !strings.Contains(text, says) {
			t.Errorf("no %q in\n%s", says, text)
		}
	}
	if out := mustRun(t, s.dir, "policy", "import", file); !strings.Contains(out, "Nothing changes") {
		t.Error(out)
	}
	changed := secretAt(tmp, "changed", strings.Replace(text, "allow sign_event:30023#5/d", "refuse sign_event:7   # no likes", 1))
	dry := mustRun(t, s.dir, "policy", "import", changed, "--dry-run")
	for _, says := range []string{"new      refuse sign_event:7", "removed  allow sign_event:30023#5/d", "May never react to posts for you."} {
		if !strings.Contains(dry, says) {
			t.Errorf("no %q in\n%s", says, dry)
		}
	}
	for _, c := range []struct {
		args string
		says string
		code int
	}{
		{changed, "--yes", exitUsage}, // nobody to ask
		{filepath.Join(tmp, "none"), "does not exist", exitFailed},
		{secretAt(tmp, "bad", "app Notes\n\nalow ping\n") + " --yes", "line 3: “alow” is not known here", exitUsage},
		{secretAt(tmp, "one", "app Notes\n") + " --app Ghost --yes", "Ghost", exitFailed},
	} {
		code, out, errs := runIn(s.dir, append([]string{"policy", "import"}, strings.Fields(c.args)...)...)
		if code != c.code || !strings.Contains(errs, c.says) || out != "" {
			t.Errorf("%s: exit %d: %s%s", c.args, code, errs, out)
		}
	}
	if got := mustJSON[control.PolicyChange](t, s.dir, "policy", "import", changed, "--yes"); got.Changes != 2 || !got.Done {
		t.Errorf("%+v", got)
	}
	if out := mustRun(t, s.dir, "policy", "export", "--app", "Notes"); !strings.Contains(out, "refuse sign_event:7   # no likes") || strings.Contains(out, "My Blog") {
		t.Error(out)
	}
	if out := mustRun(t, s.dir, "apps", "show", "Notes"); !strings.Contains(out, "May never react to posts for you.") {
		t.Error(out)
	}
}

// TestPolicyLearn: begun, stopped, shown, taken.
func TestPolicyLearn(t *testing.T) {
	t.Parallel()
	s := running(t)
	app := s.app("--app-name", "Notes", "--preset", "ask")
	learn := func(flags ...string) []string { return append([]string{"policy", "learn", "Notes"}, flags...) }
	for _, c := range []struct {
		flags []string
		says  string
		code  int
	}{
		{[]string{"--stop"}, "nothing is learnt of Notes", exitFailed},
		{[]string{"--stop", "--accept"}, "--stop", exitUsage},
		{[]string{"--for", "1h", "--stop"}, "--for", exitUsage},
		{[]string{"--for", "soon"}, "soon", exitUsage},
	} {
		if code, out, errs := runIn(s.dir, learn(c.flags...)...); code != c.code || !strings.Contains(errs, c.says) || out != "" {
			t.Errorf("%q: exit %d: %s%s", c.flags, code, errs, out)
		}
	}
	if out := mustRun(t, s.dir, learn("--for", "2h")...); !strings.Contains(out, "is noted until") {
		t.Error(out)
	}
	done := make(chan error, 1)
	go func() {
		_, err := app.SignEvent(t.Context(), nostr.Template{Kind: 1, Tags: nostr.Tags{}, Content: "gm"})
		done <- err
	}()
	mustRun(t, s.dir, "requests", "approve", s.question().ID)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if out := mustRun(t, s.dir, learn("--stop")...); !strings.Contains(out, "sign_event:1#1/2h~30d  May post notes for you, up to 1 every 2 hours, until ") || !strings.Contains(out, "--accept") {
		t.Error(out)
	}
	if names := strings.Join(keys(t, mustRun(t, s.dir, learn("--json")...)), " "); names != "accepted app approved began_at id left_out proposals span state until" {
		t.Error(names)
	}
	if out := mustRun(t, s.dir, learn("--accept")...); !strings.Contains(out, "Notes may now do this too:") {
		t.Error(out)
	}
	if out := mustRun(t, s.dir, "apps", "show", "Notes"); !strings.Contains(out, "May post notes for you, up to 1 every 2 hours") {
		t.Error(out)
	}
}
