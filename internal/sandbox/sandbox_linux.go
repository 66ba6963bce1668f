package sandbox

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/landlock-lsm/go-landlock/landlock"
	llsys "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

type half uint8

const (
	keeper half = iota
	front
)

// resolver is where the name servers are named.
var resolver = "/etc/resolv.conf"

// hosts are the other files that tell how to find computers.
var hosts = []string{"/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/services", "/etc/protocols"}

// named is the file of name servers as it was confined to.
var named os.FileInfo

func confine(h half, dirs []string) (r Report) {
	files(&r, h, dirs)
	if h == keeper {
		lockMemory(&r)
	}
	calls(&r, h)
	return r
}

// rw is what may be done with files and folders, but for running them.
const rw = landlock.AccessFSSet(llsys.AccessFSReadFile | llsys.AccessFSReadDir | llsys.AccessFSWriteFile | llsys.AccessFSTruncate |
	llsys.AccessFSMakeReg | llsys.AccessFSMakeDir | llsys.AccessFSRemoveFile | llsys.AccessFSRemoveDir)

// ro is what may be read.
const ro = landlock.AccessFSSet(llsys.AccessFSReadFile | llsys.AccessFSReadDir)

// files confines which files can be reached (Landlock).
func files(r *Report, h half, dirs []string) {
	version, err := llsys.LandlockGetABIVersion()
	if err != nil || version < 1 {
		r.missing("this kernel cannot confine it to its files (Landlock; Linux 5.13 can): it could read and write all that its user can")
		return
	}
	var rules []landlock.Rule
	for _, dir := range dirs {
		rules = append(rules, landlock.PathAccess(rw, dir))
	}
	if h == keeper {
		rules = append(rules, landlock.PathAccess(llsys.AccessFSReadFile, "/dev/urandom").IgnoreIfMissing())
	} else {
		rules = append(rules, finding()...)
	}
	conf := landlock.V11.BestEffort()
	if err = conf.RestrictPaths(rules...); err == nil && h == keeper {
		err = conf.RestrictNet()
	}
	if err != nil {
		r.missing("it could not be confined to its files (Landlock): " + err.Error())
		return
	}
	r.done(fmt.Sprintf("files confined (Landlock %d)", version))
}

// finding are the rules for the files that tell how to find other computers, and
// for what the system says of this process.
func finding() (rules []landlock.Rule) {
	for _, path := range append([]string{resolver}, hosts...) {
		rules = append(rules, landlock.PathAccess(llsys.AccessFSReadFile, path).IgnoreIfMissing())
	}
	// Where it is a link into a folder of its own, all of that may be read: the
	// file there is replaced now and then.
	if real, err := filepath.EvalSymlinks(resolver); err == nil && filepath.Dir(real) != filepath.Dir(resolver) {
		rules = append(rules, landlock.PathAccess(ro, filepath.Dir(real)))
	} else {
		named, _ = os.Stat(resolver)
	}
	return append(rules, landlock.PathAccess(ro, fmt.Sprintf("/proc/%d", os.Getpid())).IgnoreIfMissing())
}

// NameServersMoved reports whether the file that names the name servers is
// another one than a confined process may read: it has to be started anew.
func NameServersMoved() bool {
	if named == nil {
		return false
	}
	now, err := os.Stat(resolver)
	return err == nil && !os.SameFile(named, now)
}

// lockMemory keeps all of the process's memory from being swapped out, where the
// limit on locked memory allows it. The pages of secrets are locked in any case.
func lockMemory(r *Report) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_MEMLOCK, &limit); err != nil || limit.Cur != unix.RLIM_INFINITY && !mayLock() {
		return
	}
	if unix.Mlockall(unix.MCL_CURRENT|unix.MCL_FUTURE|unix.MCL_ONFAULT) == nil {
		r.done("all memory locked")
	}
}

// mayLock reports whether the limit on locked memory does not count for this
// process.
func mayLock() bool {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	return unix.Capget(&head, &data[0]) == nil && data[0].Effective&(1<<unix.CAP_IPC_LOCK) != 0
}
