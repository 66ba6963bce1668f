//go:build dist

package dist

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

const (
	root    = "../.."
	version = "v0.0.1-test"
)

// release is where the files of this run are.
var release string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	for _, tool := range []string{"dpkg-deb", "systemd-analyze", "qemu-aarch64-static"} {
		if _, err := exec.LookPath(tool); err != nil {
			fmt.Fprintln(os.Stderr, tool, "is missing: apt-get install dpkg systemd qemu-user-static")
			return 1
		}
	}
	dir, err := os.MkdirTemp("", "dist")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	release = filepath.Join(dir, "release")
	if out, err := build(root, release).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "scripts/dist: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// build is scripts/dist of a tree.
func build(tree, out string, systems ...string) *exec.Cmd {
	cmd := exec.Command("scripts/dist", append([]string{version}, systems...)...)
	cmd.Dir = tree
	cmd.Env = append(os.Environ(), "DIST_DIR="+out, "SOURCE_DATE_EPOCH=1700000000")
	return cmd
}

// file is a release file's path.
func file(name string) string { return filepath.Join(release, "privyseal_"+version+"_"+name) }

// output runs a command and gives what it prints.
func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v", name, args, err)
	}
	return string(out)
}
