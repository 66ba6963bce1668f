package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/internal/control"
)

const bea = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"

// TestPolicyTry: each way to name a request, with its verdict and exit code.
func TestPolicyTry(t *testing.T) {
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
		{[]string{"sign_event:24242@files.example"}, "ask", exitDone, "upload a file to files.example"},
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
	if n := mustJSON[control.Verification](t, s.dir, "activity", "verify").Records; n != 4 { // vault, identity, link, pairing
		t.Errorf("%d records: trying leaves some", n)
	}
}
