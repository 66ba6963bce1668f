//go:build !failpoints

package proof

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The moments at which to stop are compiled in with a build tag only, so the
// proof runs as a test binary of its own.
func TestStopsAtEveryMoment(t *testing.T) {
	cmd := exec.Command("go", "test", "-tags", "failpoints", "-v", "-run", "^TestStopsAtEveryMoment$", "-count=1", "-timeout=48h", ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOGC=400")
	var said bytes.Buffer
	out := io.Writer(&said)
	if isLong() {
		out = io.MultiWriter(&said, os.Stdout)
	}
	cmd.Stdout, cmd.Stderr = out, out // one writer: two would spoil the buffer
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	for line := range strings.Lines(said.String()) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "| stops in process | "); ok {
			figure(t, "stops in process", "%s", strings.TrimSuffix(text, " |"))
			return
		}
	}
	t.Fatalf("it says nothing of what it found\n%s", said.String())
}
