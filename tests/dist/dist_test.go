//go:build dist

package dist

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestSameBytes builds again from a copy elsewhere, with nothing in the cache.
func TestSameBytes(t *testing.T) {
	tree := filepath.Join(t.TempDir(), "somewhere", "else")
	cmd := exec.Command("bash", "-ec", `mkdir -p "$0"; git ls-files -z --cached --others --exclude-standard | tar --null --ignore-failed-read -cf - -T - | tar -xf - -C "$0"`, tree)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	again := filepath.Join(t.TempDir(), "again")
	second := build(tree, again, "linux/amd64")
	second.Env = append(second.Env, "GOCACHE="+t.TempDir())
	if out, err := second.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	entries, err := os.ReadDir(again)
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, e := range entries {
		if e.Name() == "SHA256SUMS" {
			continue // of fewer files
		}
		compared++
		if hash(t, filepath.Join(again, e.Name())) != hash(t, filepath.Join(release, e.Name())) {
			t.Errorf("%s differs from one build to the next", e.Name())
		}
	}
	if compared != 3 {
		t.Errorf("%d files compared, want program, SBOM and package", compared)
	}
}

func hash(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// TestChecksums: every file is listed, with its hash.
func TestChecksums(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(release, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		listed[name] = sum
	}
	entries, err := os.ReadDir(release)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 13 || len(listed) != 12 {
		t.Errorf("%d files, %d listed; want 5 programs and SBOMs, 2 packages, and the list", len(entries), len(listed))
	}
	for _, e := range entries {
		if e.Name() != "SHA256SUMS" && listed[e.Name()] != hash(t, filepath.Join(release, e.Name())) {
			t.Errorf("%s is not listed with its hash", e.Name())
		}
	}
}

// TestPrograms: each file is a program for its system; Linux ones need nothing.
func TestPrograms(t *testing.T) {
	for name, want := range map[string]elf.Machine{"linux_amd64": elf.EM_X86_64, "linux_arm64": elf.EM_AARCH64} {
		f, err := elf.Open(file(name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if f.Machine != want {
			t.Errorf("%s is for %v", name, f.Machine)
		}
		for _, p := range f.Progs {
			if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
				t.Errorf("%s is not static", name)
			}
		}
	}
	for name, want := range map[string]macho.Cpu{"darwin_amd64": macho.CpuAmd64, "darwin_arm64": macho.CpuArm64} {
		f, err := macho.Open(file(name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if f.Cpu != want || f.Type != macho.TypeExec {
			t.Errorf("%s is %v for %v", name, f.Type, f.Cpu)
		}
	}
	f, err := pe.Open(file("windows_amd64.exe"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Machine != pe.IMAGE_FILE_MACHINE_AMD64 || f.Characteristics&pe.IMAGE_FILE_EXECUTABLE_IMAGE == 0 {
		t.Errorf("the Windows program is for machine %#x", f.Machine)
	}
}

// TestSBOM: what is linked, with versions and hashes, and none of our paths.
func TestSBOM(t *testing.T) {
	for _, name := range []string{"linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64", "windows_amd64.exe"} {
		raw, err := os.ReadFile(file(name) + ".sbom.txt")
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"path\tgithub.com/privyseal/privyseal/cmd/privyseal", "modernc.org/sqlite\tv", "h1:", "build\tCGO_ENABLED=0", "build\t-trimpath=true"} {
			if !bytes.Contains(raw, []byte(want)) {
				t.Errorf("the SBOM of %s lacks %q", name, want)
			}
		}
		if here, err := filepath.Abs(root); err != nil || bytes.Contains(raw, []byte(here)) {
			t.Errorf("the SBOM of %s names the builder's folder", name)
		}
	}
}

// TestStarts: the Linux programs make a vault, start, say ready and end well.
// The one for the other architecture runs in an emulator, which cannot start the
// halves of the signer: there it is the relay that starts.
func TestStarts(t *testing.T) {
	for _, arch := range []string{"amd64", "arm64"} {
		t.Run(arch, func(t *testing.T) {
			program := []string{file("linux_" + arch)}
			if arch != runtime.GOARCH {
				emulator := map[string]string{"arm64": "qemu-aarch64-static", "amd64": "qemu-x86_64-static"}[arch]
				program = append([]string{emulator}, program...)
			}
			started(t, program)
		})
	}
}

func started(t *testing.T, program []string) {
	// Not t.TempDir: a control socket's path must be short.
	dir, err := os.MkdirTemp("", "starts")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	t.Setenv("PRIVYSEAL_STATE", filepath.Join(dir, "state"))
	material := make([]byte, 32)
	rand.Read(material)
	key := filepath.Join(dir, "vault.key")
	if err := os.WriteFile(key, material, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) []string {
		return append(append(program[1:len(program):len(program)], "--data", filepath.Join(dir, "data")), args...)
	}
	if out := output(t, program[0], run("version")...); !strings.Contains(out, version) {
		t.Errorf("the version is not %s: %s", version, out)
	}
	output(t, program[0], run("init", "--name", "Ana", "--key-file", key)...)

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	verb := []string{"up", "--json", "--listen", "127.0.0.1:0", "--key-file", key}
	emulated := len(program) > 1
	if emulated {
		verb = []string{"relay", "--open", "--json", "--listen", "127.0.0.1:0"}
	}
	up := exec.CommandContext(ctx, program[0], run(verb...)...)
	stdout, err := up.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := up.Start(); err != nil {
		t.Fatal(err)
	}
	var ready struct {
		Event, Relay string
		Locked       bool
		Identities   int
	}
	line, _ := bufio.NewReader(stdout).ReadBytes('\n')
	if err := json.Unmarshal(line, &ready); err != nil || ready.Event != "ready" || ready.Locked || !emulated && ready.Identities != 1 || ready.Relay == "" {
		t.Errorf("it said %s (%v)", line, err)
	}
	if err := up.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := up.Wait(); err != nil {
		t.Errorf("it did not end well: %v", err)
	}
}
