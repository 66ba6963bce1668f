//go:build amd64 || arm64

package sandbox

import (
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// every are the calls that both halves make, those made most often first: of
// Go's runtime, the C library's and SQLite's.
var every = []uintptr{
	unix.SYS_FUTEX, unix.SYS_READ, unix.SYS_WRITE, unix.SYS_EPOLL_PWAIT, unix.SYS_PWRITE64, unix.SYS_PREAD64, unix.SYS_FDATASYNC,
	unix.SYS_NANOSLEEP, unix.SYS_MADVISE, unix.SYS_EPOLL_CTL, unix.SYS_SCHED_YIELD, unix.SYS_RT_SIGRETURN, unix.SYS_RT_SIGPROCMASK,
	unix.SYS_GETRANDOM, unix.SYS_CLOCK_GETTIME, unix.SYS_READV, unix.SYS_WRITEV, unix.SYS_FSYNC,
	// memory
	unix.SYS_BRK, unix.SYS_MMAP, unix.SYS_MUNMAP, unix.SYS_MPROTECT, unix.SYS_MREMAP, unix.SYS_MINCORE, unix.SYS_MSYNC,
	unix.SYS_MLOCK, unix.SYS_MLOCK2, unix.SYS_MUNLOCK, unix.SYS_MEMFD_SECRET,
	// threads, time and signals to oneself
	unix.SYS_EXIT, unix.SYS_EXIT_GROUP, unix.SYS_SET_ROBUST_LIST, unix.SYS_GET_ROBUST_LIST, unix.SYS_RSEQ, unix.SYS_SET_TID_ADDRESS,
	unix.SYS_MEMBARRIER, unix.SYS_SCHED_GETAFFINITY, unix.SYS_GETCPU, unix.SYS_CLOCK_NANOSLEEP, unix.SYS_CLOCK_GETRES, unix.SYS_GETTIMEOFDAY,
	unix.SYS_RT_SIGACTION, unix.SYS_SIGALTSTACK, unix.SYS_RESTART_SYSCALL,
	// what the process is
	unix.SYS_GETPID, unix.SYS_GETPPID, unix.SYS_GETTID, unix.SYS_GETUID, unix.SYS_GETEUID, unix.SYS_GETGID, unix.SYS_GETEGID,
	unix.SYS_GETRUSAGE, unix.SYS_PRLIMIT64, unix.SYS_GETRLIMIT, unix.SYS_PRCTL, unix.SYS_UNAME, unix.SYS_SYSINFO, unix.SYS_TIMES,
	// files
	unix.SYS_OPENAT, unix.SYS_CLOSE, unix.SYS_FSTAT, unix.SYS_STATX, unix.SYS_STATFS, unix.SYS_FSTATFS, unix.SYS_LSEEK, unix.SYS_FCNTL,
	unix.SYS_FLOCK, unix.SYS_FTRUNCATE, unix.SYS_TRUNCATE, unix.SYS_FALLOCATE, unix.SYS_FADVISE64, unix.SYS_GETDENTS64, unix.SYS_GETCWD,
	unix.SYS_READLINKAT, unix.SYS_UNLINKAT, unix.SYS_MKDIRAT, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_FACCESSAT, unix.SYS_FACCESSAT2,
	unix.SYS_FCHMOD, unix.SYS_FCHMODAT, unix.SYS_FCHOWN, unix.SYS_UTIMENSAT, unix.SYS_UMASK, unix.SYS_DUP, unix.SYS_DUP3, unix.SYS_PIPE2,
	unix.SYS_PREADV, unix.SYS_PWRITEV, unix.SYS_COPY_FILE_RANGE, unix.SYS_SENDFILE, unix.SYS_SPLICE,
	// waiting, and connections that somebody else opened
	unix.SYS_EPOLL_CREATE1, unix.SYS_EVENTFD2, unix.SYS_PPOLL, unix.SYS_PSELECT6, unix.SYS_ACCEPT4, unix.SYS_ACCEPT, unix.SYS_GETSOCKNAME,
	unix.SYS_GETPEERNAME, unix.SYS_GETSOCKOPT, unix.SYS_SETSOCKOPT, unix.SYS_RECVMSG, unix.SYS_RECVFROM, unix.SYS_SHUTDOWN,
}

// network are the calls that only the front makes; which sockets it opens is
// looked at.
var network = []uintptr{
	unix.SYS_CONNECT, unix.SYS_BIND, unix.SYS_LISTEN, unix.SYS_SENDTO, unix.SYS_SENDMSG, unix.SYS_SENDMMSG, unix.SYS_RECVMMSG,
}

// families are the sockets that the front may open: the internet's, and the
// kernel's for news of the network.
var families = []uint32{unix.AF_INET, unix.AF_INET6, unix.AF_NETLINK}

// absent are calls that the C library does without when there are none.
var absent = []uintptr{
	unix.SYS_CLONE3, unix.SYS_OPENAT2, unix.SYS_EPOLL_PWAIT2, unix.SYS_CLOSE_RANGE, unix.SYS_FUTEX_WAITV, unix.SYS_PREADV2, unix.SYS_PWRITEV2,
}

// Where a filter finds what it looks at, low half first.
const (
	atNumber = 0
	atArch   = 4
	atArg0   = 16
)

var (
	allow  = bpf.RetConstant{Val: unix.SECCOMP_RET_ALLOW}
	refuse = bpf.RetConstant{Val: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)}
	none   = bpf.RetConstant{Val: unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)}
)

// filter is the program that judges each system call: what is not named is
// refused.
func filter(h half, pid int) []bpf.Instruction {
	p := []bpf.Instruction{
		bpf.LoadAbsolute{Off: atArch, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: arch, SkipTrue: 1},
		bpf.RetConstant{Val: unix.SECCOMP_RET_KILL_PROCESS},
		bpf.LoadAbsolute{Off: atNumber, Size: 4},
	}
	when := func(call uintptr, then ...bpf.Instruction) {
		p = append(append(p, bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(call), SkipTrue: uint8(len(then))}), then...)
	}
	arg := bpf.LoadAbsolute{Off: atArg0, Size: 4}
	for _, c := range append(append([]uintptr{}, every...), native...) {
		when(c, allow)
	}
	// A new thread is one of this process.
	when(unix.SYS_CLONE, arg, bpf.JumpIf{Cond: bpf.JumpBitsNotSet, Val: unix.CLONE_THREAD, SkipTrue: 1}, allow, refuse)
	for _, c := range []uintptr{unix.SYS_TGKILL, unix.SYS_KILL} {
		when(c, arg, bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(pid), SkipTrue: 1}, allow, refuse)
	}
	if h == front {
		for _, c := range network {
			when(c, allow)
		}
		then := []bpf.Instruction{arg}
		for _, f := range families {
			then = append(then, bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: f, SkipTrue: 1}, allow)
		}
		when(unix.SYS_SOCKET, append(then, refuse)...)
	}
	for _, c := range absent {
		when(c, none)
	}
	return append(p, refuse)
}

// calls confines which system calls are made (seccomp), on all threads.
func calls(r *Report, h half) {
	raw, err := bpf.Assemble(filter(h, os.Getpid()))
	if err != nil {
		r.missing("its system calls could not be confined (seccomp): " + err.Error())
		return
	}
	prog := make([]unix.SockFilter, len(raw))
	for i, x := range raw {
		prog[i] = unix.SockFilter{Code: x.Op, Jt: x.Jt, Jf: x.Jf, K: x.K}
	}
	fprog := unix.SockFprog{Len: uint16(len(prog)), Filter: &prog[0]}
	// The thread that says no_new_privs is the one that sets the filter.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		r.missing("its system calls could not be confined (seccomp): " + err.Error())
		return
	}
	failed, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&fprog)))
	runtime.KeepAlive(prog)
	switch {
	case errno == unix.ENOSYS || errno == unix.EINVAL:
		r.missing("this kernel cannot confine its system calls (seccomp): it could open connections and run programs")
	case errno != 0 || failed != 0:
		r.missing("its system calls could not be confined (seccomp): " + errno.Error())
	default:
		r.done("system calls confined (seccomp)")
	}
}
