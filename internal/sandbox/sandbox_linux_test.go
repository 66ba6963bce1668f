package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unsafe"

	llsys "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// A confined process cannot be let out again, so each is one of its own: this
// test's program, which tries what it was told to.
func TestMain(m *testing.M) {
	if h := os.Getenv("SANDBOX_HALF"); h != "" {
		confined(h, os.Getenv("SANDBOX_DIR"))
		return
	}
	os.Exit(m.Run())
}

// result is what a confined process found out.
type result struct {
	Report Report
	Tries  map[string]string // what could be done: "", or the error
}

// confined is the life of a confined process: threads that were there before are
// confined too.
func confined(h, dir string) {
	const threads = 6
	var all [threads]map[string]string
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range threads {
		ready.Add(1)
		done.Go(func() {
			runtime.LockOSThread()
			ready.Done()
			<-start
			all[i] = tries(dir)
		})
	}
	ready.Wait()
	var r result
	if h == "keeper" {
		r.Report = Keeper(dir)
	} else {
		r.Report = Front(dir)
	}
	close(start)
	done.Wait()
	r.Tries = all[0]
	for _, other := range all[1:] {
		for what, err := range other {
			if err != r.Tries[what] {
				r.Tries[what] += " / " + err
			}
		}
	}
	_ = json.NewEncoder(os.Stdout).Encode(r)
}

// tries does what a program may want to, and says how it went.
func tries(dir string) map[string]string {
	out := map[string]string{}
	say := func(what string, err error) {
		out[what] = ""
		if err != nil {
			out[what] = err.Error()
		}
	}
	number := func(call uintptr, args ...uintptr) error {
		var a [6]uintptr
		copy(a[:], args)
		if _, _, errno := unix.RawSyscall6(call, a[0], a[1], a[2], a[3], a[4], a[5]); errno != 0 {
			return errno
		}
		return nil
	}
	socket := func(family, kind int) error {
		fd, err := unix.Socket(family, kind|unix.SOCK_CLOEXEC, 0)
		if err == nil {
			_ = unix.Close(fd)
		}
		return err
	}
	say("socket of the internet", socket(unix.AF_INET, unix.SOCK_STREAM))
	say("socket of the new internet", socket(unix.AF_INET6, unix.SOCK_DGRAM))
	say("socket of this computer", socket(unix.AF_UNIX, unix.SOCK_STREAM))
	say("socket for raw packets", socket(unix.AF_PACKET, unix.SOCK_RAW))
	_, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	say("pair of sockets", err)
	_, err = net.Dial("tcp", os.Getenv("SANDBOX_TCP"))
	say("connection", err)
	_, err = net.Dial("unix", os.Getenv("SANDBOX_UNIX"))
	say("connection on this computer", err)
	say("another program", exec.Command("/bin/true").Run())
	say("another program in place", syscall.Exec("/bin/true", []string{"true"}, nil))
	say("a new process", number(unix.SYS_CLONE, uintptr(unix.SIGCHLD)))
	parent := os.Getppid()
	say("tracing", unix.PtraceAttach(parent))
	b := make([]byte, 8)
	local := unix.Iovec{Base: &b[0], Len: 8}
	remote := unix.RemoteIovec{Base: uintptr(unsafe.Pointer(&b[0])), Len: 8}
	_, err = unix.ProcessVMReadv(parent, []unix.Iovec{local}, []unix.RemoteIovec{remote}, 0)
	say("memory of another process", err)
	_, err = os.Open(fmt.Sprintf("/proc/%d/mem", parent))
	say("memory of another process by file", err)
	_, err = unix.PidfdOpen(parent, 0)
	say("handle of another process", err)
	say("signal to another process", unix.Kill(parent, 0))
	say("ring of calls", number(unix.SYS_IO_URING_SETUP, 8, uintptr(unsafe.Pointer(&b[0]))))
	say("program in the kernel", number(unix.SYS_BPF, 0, 0, 0))
	say("another namespace", unix.Unshare(unix.CLONE_NEWUSER))
	say("another user", number(unix.SYS_SETUID, 65534))
	say("key of the kernel", number(unix.SYS_KEYCTL, 0, 0, 0))
	tryFiles(say, dir)
	return out
}

func tryFiles(say func(string, error), dir string) {
	read := func(what, path string) {
		_, err := os.ReadFile(path)
		say(what, err)
	}
	read("file of the system", "/etc/passwd")
	read("file next to its folder", os.Getenv("SANDBOX_OTHER"))
	_, err := os.ReadDir("/")
	say("list of the system's folders", err)
	say("file elsewhere", os.WriteFile(os.Getenv("SANDBOX_OTHER")+".new", nil, 0o600))
	read("way around by a link", filepath.Join(dir, "link"))
	read("way around by the process's root", "/proc/self/root/etc/passwd")
	read("name servers", resolver)
	own, err := os.CreateTemp(dir, "own-*")
	if err == nil {
		_, err = own.Write([]byte("x"))
		err = errors.Join(err, own.Sync(), own.Truncate(0), own.Close(), os.Rename(own.Name(), own.Name()+"2"), os.Remove(own.Name()+"2"))
	}
	say("own file", err)
	thread := make(chan struct{})
	go func() { runtime.LockOSThread(); close(thread) }()
	<-thread
	say("new thread", nil)
	_, err = unix.MemfdSecret(0)
	say("secret memory", err)
}

// run has a process of its own confined, and tells what it could do.
func run(t *testing.T, half string) result {
	t.Helper()
	base := t.TempDir()
	dir := filepath.Join(base, "own")
	other := filepath.Join(base, "other")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(other, []byte("x"), 0o600), os.Symlink(other, filepath.Join(dir, "link"))); err != nil {
		t.Fatal(err)
	}
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	local, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer local.Close()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SANDBOX_HALF="+half, "SANDBOX_DIR="+dir, "SANDBOX_OTHER="+other,
		"SANDBOX_TCP="+tcp.Addr().String(), "SANDBOX_UNIX="+filepath.Join(dir, "s"))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var r result
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return r
}

// offered is what this kernel has.
func offered() (landlock, seccomp bool) {
	v, err := llsys.LandlockGetABIVersion()
	action := uint32(unix.SECCOMP_RET_ERRNO)
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_GET_ACTION_AVAIL, 0, uintptr(unsafe.Pointer(&action)))
	return err == nil && v >= 1, errno == 0
}

// check holds what a confined process could do against what it may.
func check(t *testing.T, r result, may ...string) {
	t.Helper()
	landlock, seccomp := offered()
	said := strings.Join(r.Report.Missing, "; ")
	if landlock == strings.Contains(said, "Landlock") || seccomp == strings.Contains(said, "seccomp") {
		t.Fatalf("offered: Landlock %v, seccomp %v; missing: %q", landlock, seccomp, said)
	}
	allowed := map[string]bool{}
	for _, what := range may {
		allowed[what] = true
	}
	byFile := []string{"file", "list", "way around", "name servers"}
	for what, err := range r.Tries {
		means := seccomp
		for _, p := range byFile {
			if strings.HasPrefix(what, p) || strings.HasSuffix(what, "by file") {
				means = landlock
			}
		}
		switch {
		case allowed[what] && err != "":
			t.Errorf("%s: %s", what, err)
		case !allowed[what] && means && err == "":
			t.Errorf("%s: done, and may not be", what)
		}
	}
	t.Logf("%d tries; in force: %v", len(r.Tries), r.Report.Done)
}

// The keeper cannot open a socket, run a program, look into another process or
// read outside its folder, on any of its threads (T55).
func TestKeeperIsConfined(t *testing.T) {
	check(t, run(t, "keeper"), "own file", "new thread", "secret memory")
}

// The front opens sockets of the internet, and nothing else: not even the
// control socket of its own user.
func TestFrontIsConfined(t *testing.T) {
	check(t, run(t, "front"), "own file", "new thread", "secret memory", "name servers",
		"socket of the internet", "socket of the new internet", "connection")
}

// A file of name servers that was replaced is another one; one in a folder of
// its own is found again there.
func TestNameServersMoved(t *testing.T) {
	was, file := resolver, filepath.Join(t.TempDir(), "resolv.conf")
	defer func() { resolver, named = was, nil }()
	resolver = file
	if NameServersMoved() {
		t.Error("before anything was confined")
	}
	write := func(path string) {
		if err := errors.Join(os.WriteFile(path+".new", nil, 0o600), os.Rename(path+".new", path)); err != nil {
			t.Fatal(err)
		}
	}
	write(file)
	if finding(); NameServersMoved() {
		t.Error("as it was")
	}
	if write(file); !NameServersMoved() {
		t.Error("another file passed for the one that was confined to")
	}
	named = nil
	there := filepath.Join(t.TempDir(), "there")
	write(there)
	if err := errors.Join(os.Remove(file), os.Symlink(there, file)); err != nil {
		t.Fatal(err)
	}
	finding()
	if write(there); NameServersMoved() {
		t.Error("its folder may be read")
	}
}
