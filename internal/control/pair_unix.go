//go:build unix

package control

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Pair is a connected pair of byte streams: the seam. No child process inherits
// it unasked.
func Pair() (front, keeper *os.File, err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, nil, err
	}
	for _, fd := range fds {
		unix.CloseOnExec(fd)
		if err := unix.SetNonblock(fd, true); err != nil {
			return nil, nil, err
		}
	}
	return os.NewFile(uintptr(fds[0]), "front"), os.NewFile(uintptr(fds[1]), "keeper"), nil
}
