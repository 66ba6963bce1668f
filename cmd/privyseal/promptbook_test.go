package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/internal/promptbook"
)

func TestPromptbook(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"promptbook", "--lang", "en", "--find", "312 people"}, 0, "[Keep my list] [Remove 312 people]"},
		{[]string{"promptbook", "--lang", "es", "--find", "312 personas"}, 0, "[Conservar mi lista] [Quitar a 312 personas]"},
		{[]string{"promptbook", "--lang", "en", "--find", "kind 62", "--details"}, 0, "    Blocked: vanish"},
		{[]string{"promptbook", "--lang", "de"}, 2, "choose one of: en, es"},
		{[]string{"promptbook", "--find", "no such words"}, 2, "see all of them with: privyseal promptbook"},
		{[]string{"promptbook", "--html", filepath.Join(dir, "no", "book.html")}, 1, "give another file"},
		{[]string{"promptbook", "--out", dir}, 0, "es.html: "},
		{[]string{"promptbook", "--lang", "en", "--html", "-"}, 0, "<h3>Coracle wants to post this for everyone to see:</h3>"},
	} {
		code, out, errs := runIn(t.TempDir(), c.args...)
		if code != c.code || !strings.Contains(out+errs, c.want) {
			t.Errorf("%q: exit %d, not %d, or not %q:\n%.2000s%s", c.args, code, c.code, c.want, out, errs)
		}
	}
	for _, lang := range []string{"en", "es", "pseudo"} {
		if raw, err := os.ReadFile(filepath.Join(dir, lang+".html")); err != nil || !strings.HasSuffix(string(raw), "</html>\n") {
			t.Errorf("%s: %v", lang, err)
		}
	}
	code, out, _ := runIn(t.TempDir(), "promptbook", "--json")
	var cards []promptbook.Card
	if err := json.Unmarshal([]byte(out), &cards); err != nil || code != 0 || len(cards) < 400 {
		t.Errorf("exit %d, %d cards: %v", code, len(cards), err)
	}
}

func TestLanguageOfTheEnvironment(t *testing.T) {
	t.Parallel()
	for env, want := range map[string]string{
		"": "en", "LANG=es_MX.UTF-8": "es", "LANG=de_DE": "en", "LANG=C": "en", "LANG=pseudo": "en",
		"LC_ALL=es LANG=en": "es", "LC_ALL=C LANG=es": "en", "LC_MESSAGES=es_ES": "es",
	} {
		vars := map[string]string{}
		for _, kv := range strings.Fields(env) {
			k, v, _ := strings.Cut(kv, "=")
			vars[k] = v
		}
		m := &Main{Getenv: func(k string) string { return vars[k] }}
		if got := m.language().Lang(); got != want {
			t.Errorf("%q: %s, want %s", env, got, want)
		}
	}
}

// A signer that is set up in Spanish asks in Spanish.
func TestSetUpInTheLanguageOfTheEnvironment(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var out, errs bytes.Buffer
	m := newMain("", &out, &errs)
	defer m.Close()
	env := m.Getenv
	m.Getenv = func(k string) string {
		if k == "LANG" {
			return "es_ES.UTF-8"
		}
		return env(k)
	}
	if code := m.Main(t.Context(), []string{"--data", dir, "init", "--key-file", shared.key}); code != 0 {
		t.Fatal(errs.String())
	}
	s := start(t, dir, "--key-file", shared.key)
	if got := mustRun(t, s.dir, "settings", "get", "language"); got != "es\n" {
		t.Errorf("%q", got)
	}
}
