//go:build amd64 || arm64 || riscv64

package vault

import "golang.org/x/sys/unix"

// mapSecret maps memory that only this process can read, not even the kernel;
// nil when the kernel does not offer it or the limit on locked memory is met.
func mapSecret(size int) []byte {
	fd, err := unix.MemfdSecret(unix.O_CLOEXEC)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	if err := unix.Ftruncate(fd, int64(size)); err != nil {
		return nil
	}
	region, err := unix.Mmap(fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil
	}
	return region
}
