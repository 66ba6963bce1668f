//go:build unix

package sqlite

import "golang.org/x/sys/unix"

// region is memory outside the collector's heap.
type region struct {
	bytes  []byte
	mapped bool
}

func newRegion(size int) region {
	b, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return region{bytes: make([]byte, size)}
	}
	return region{b, true}
}

func (r region) close() error {
	if !r.mapped {
		return nil
	}
	return unix.Munmap(r.bytes)
}
