//go:build unix

package offheap

import "golang.org/x/sys/unix"

func take(size int) ([]byte, error) {
	return unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
}

func give(bytes []byte) error { return unix.Munmap(bytes) }
