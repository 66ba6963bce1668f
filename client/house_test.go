package client

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/privyseal/privyseal"

func list(t *testing.T, args ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(string(out))
	slices.Sort(words)
	return slices.Compact(words)
}

// An app that uses the SDK takes on few strangers' modules (design §2).
func TestModules(t *testing.T) {
	modules := list(t, "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", ".")
	if !slices.Contains(modules, module) {
		t.Fatal("go list says nothing of our own module:", modules)
	}
	if n := len(modules) - 1; n > 8 {
		t.Errorf("%d modules: %q", n, modules)
	}
}

// The SDK stands on the wire and on one relay connection, nothing else of ours.
func TestImports(t *testing.T) {
	for _, path := range list(t, "-f", `{{join .Imports "\n"}}`, ".") {
		ours, ok := strings.CutPrefix(path, module+"/")
		if ok && ours != "nip46" && ours != "internal/link" && ours != "nostr" && !strings.HasPrefix(ours, "nostr/") {
			t.Errorf("imports %s", path)
		}
		if !ok && strings.Contains(path, ".") {
			t.Errorf("imports %s", path)
		}
	}
}
