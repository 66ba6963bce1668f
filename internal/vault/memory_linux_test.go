package vault

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// TestSecretPagesAreWhatTheReportSays asks the kernel (T55).
func TestSecretPagesAreWhatTheReportSays(t *testing.T) {
	s := newSlot()
	defer s.free()
	report := Hardening()
	flags := vmFlags(t, fmt.Sprintf("%x", uintptr(unsafe.Pointer(s.key))))
	for flag, want := range map[string]bool{
		"lo": report.Locked, "dd": report.NoDump,
	} {
		if got := strings.Contains(" "+flags+" ", " "+flag+" "); got != want {
			t.Errorf("flag %s is %v in %q; reported %+v", flag, got, flags, report)
		}
	}
	if fork := strings.Contains(flags, "wf") || strings.Contains(flags, "dc"); fork != report.NoFork {
		t.Errorf("%q; reported %+v", flags, report)
	}
	if !report.NoDump || !report.Guarded {
		t.Errorf("every Linux leaves pages out of dumps and guards them: %+v", report)
	}
}

// vmFlags are the kernel's flags of the mapping that holds a hex address.
func vmFlags(t *testing.T, address string) string {
	t.Helper()
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	inside := false
	for line := range strings.Lines(string(smaps)) {
		first, _, _ := strings.Cut(line, " ")
		if from, to, ok := strings.Cut(first, "-"); ok {
			pad := func(s string) string { return fmt.Sprintf("%016s", s) }
			inside = pad(from) <= pad(address) && pad(address) < pad(to)
		}
		if flags, ok := strings.CutPrefix(line, "VmFlags: "); ok && inside {
			return strings.TrimSpace(flags)
		}
	}
	t.Fatal("the secret is in no mapping")
	return ""
}

// TestRegionFallsBack: with nothing lockable left there is still a region, and
// the record says so.
func TestRegionFallsBack(t *testing.T) {
	if os.Getenv("VAULT_TEST_CHILD") == "" {
		runChild(t)
		return
	}
	runtime.LockOSThread()
	if err := unix.Setrlimit(unix.RLIMIT_MEMLOCK, &unix.Rlimit{}); err != nil {
		t.Fatal(err)
	}
	dropCapabilities(t)
	s := newSlot()
	s.key[0] = 1
	if r := Hardening(); r.Locked || r.SecretMem || !r.NoDump || !r.NoFork || !r.Guarded {
		t.Fatalf("%+v", r)
	}
}

// TestHardenProcess runs in a child, since it cannot be undone.
func TestHardenProcess(t *testing.T) {
	if os.Getenv("VAULT_TEST_CHILD") == "" {
		runChild(t)
		return
	}
	if r := Hardening(); r.NoTrace {
		t.Fatalf("before: %+v", r)
	}
	if err := HardenProcess(); err != nil {
		t.Fatal(err)
	}
	if r := Hardening(); !r.NoTrace || !r.NoCore {
		t.Fatalf("%+v", r)
	}
}

func runChild(t *testing.T) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	child.Env = append(os.Environ(), "VAULT_TEST_CHILD=1")
	out, err := child.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+t.Name())) {
		t.Fatalf("%v\n%s", err, out)
	}
}

// dropCapabilities leaves root without its right to lock memory. It holds for
// this thread, so the test stays on it.
func dropCapabilities(t *testing.T) {
	t.Helper()
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		t.Fatal(err)
	}
	data[0].Effective &^= 1 << unix.CAP_IPC_LOCK
	if err := unix.Capset(&header, &data[0]); err != nil {
		t.Fatal(err)
	}
}
