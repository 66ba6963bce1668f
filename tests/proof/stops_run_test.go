//go:build proof && !failpoints

package proof

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The moments at which to stop are compiled in with a build tag only, so the
// proof runs as a test binary of its own.
func TestStopsAtEveryMoment(t *testing.T) {
	cmd := exec.Command("go", "test", "-tags", "failpoints", "-v", "-run", "^TestStopsAtEveryMoment$", "-count=1", "-timeout=24h", ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "| stops in process | "); ok {
			figure(t, "stops in process", "%s", strings.TrimSuffix(text, " |"))
			return
		}
	}
	t.Fatalf("it says nothing of what it found\n%s", out)
}
