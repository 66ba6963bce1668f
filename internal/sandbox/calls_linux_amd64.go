package sandbox

import "golang.org/x/sys/unix"

const arch = unix.AUDIT_ARCH_X86_64

// native are calls that only this processor has, or has another name for.
var native = []uintptr{
	unix.SYS_OPEN, unix.SYS_STAT, unix.SYS_LSTAT, unix.SYS_NEWFSTATAT, unix.SYS_ACCESS, unix.SYS_READLINK, unix.SYS_UNLINK, unix.SYS_RENAME,
	unix.SYS_MKDIR, unix.SYS_RMDIR, unix.SYS_CHMOD, unix.SYS_CHOWN, unix.SYS_UTIMES, unix.SYS_UTIME, unix.SYS_GETDENTS, unix.SYS_POLL,
	unix.SYS_SELECT, unix.SYS_PIPE, unix.SYS_DUP2, unix.SYS_EPOLL_WAIT, unix.SYS_EPOLL_CREATE, unix.SYS_ARCH_PRCTL, unix.SYS_TIME,
}
