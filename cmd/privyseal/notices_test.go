package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// TestTellingAway: a question reaches the owner's command, and half a minute later an
// ntfy topic; what is sent says nothing of it, and what fails is seen.
func TestTellingAway(t *testing.T) {
	t.Parallel()
	got := make(chan string, 10)
	topic := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- r.URL.Path + " " + r.Header.Get("Click") + " " + string(body)
		if r.URL.Path == "/broken" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer topic.Close()
	place := t.TempDir()
	heard, command := filepath.Join(place, "heard"), filepath.Join(place, "tell")
	script := "#!/bin/sh\nenv | sort > " + heard + ".new && mv " + heard + ".new " + heard + "\n"
	if err := os.WriteFile(command, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := runIn(t.TempDir(), "up", "--notify-command", "tell"); code != exitUsage || !strings.Contains(errs, "--notify-command") {
		t.Fatalf("a program that is none: exit %d: %s", code, errs)
	}
	s := running(t, "--notify-command", command)
	if out := mustRun(t, s.dir, "notify", "list"); !strings.Contains(out, "command") {
		t.Fatalf("%s", out)
	}
	good := mustJSON[control.NoticeInfo](t, s.dir, "notify", "ntfy", topic.URL+"/good")
	if code, _, errs := runIn(s.dir, "notify", "ntfy", "nonsense"); code != exitUsage || !strings.Contains(errs, "topic") {
		t.Fatalf("nonsense: exit %d: %s", code, errs)
	}
	bad := mustJSON[control.NoticeInfo](t, s.dir, "notify", "ntfy", topic.URL+"/broken")
	if code, _, errs := runIn(s.dir, "notify", "try", bad.ID); code != exitFailed {
		t.Fatalf("a broken one: exit %d: %s", code, errs)
	}
	mustRun(t, s.dir, "notify", "try", good.ID)
	for _, want := range []string{"/broken ", "/good "} {
		if g := <-got; !strings.HasPrefix(g, want) || !strings.Contains(g, "This is a test.") {
			t.Fatalf("%q", g)
		}
	}
	if out := mustRun(t, s.dir, "doctor"); !strings.Contains(out, "the error 503") {
		t.Fatalf("doctor: %s", out)
	}
	mustRun(t, s.dir, "notify", "remove", bad.ID)

	app := s.app("--preset", "ask")
	go func() { _, _ = app.SignEvent(t.Context(), note("a secret thought")) }()
	var env []byte
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		var err error
		if env, err = os.ReadFile(heard); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the command was not run")
		}
	}
	q := mustJSON[[]control.QuestionInfo](t, s.dir, "requests", "list")
	for _, want := range []string{"PRIVYSEAL_TEXT=A question is waiting for you.", "PRIVYSEAL_QUESTION=" + q[0].ID, "PRIVYSEAL_LINK=http://localhost:"} {
		if !strings.Contains(string(env), want) {
			t.Errorf("the command does not hear %s: %s", want, env)
		}
	}
	if strings.Contains(string(env), "thought") || strings.Contains(string(env), "PRIVYSEAL_DATA") {
		t.Errorf("the command hears too much: %s", env)
	}
	mustRun(t, s.dir, "requests", "deny", q[0].ID)
}
