package sandbox

import "golang.org/x/sys/unix"

const arch = unix.AUDIT_ARCH_AARCH64

// native are calls that only this processor has, or has another name for.
var native = []uintptr{unix.SYS_FSTATAT}
