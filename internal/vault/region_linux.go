package vault

import (
	"os"

	"golang.org/x/sys/unix"
)

// regionPages is a region's size without its two guard pages: 64 KiB for 2048
// keys with usual pages, far below the usual 8 MiB of lockable memory.
const regionPages = 16

// newRegion maps pages between two that fault on any access. It takes the best
// protection there is and records it; at worst the pages are plain heap.
func newRegion() []byte {
	page := os.Getpagesize()
	size := (regionPages + 2) * page
	granted := memory{}
	region := mapSecret(size)
	granted.secretMem = region != nil
	if region == nil {
		var err error
		if region, err = unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON); err != nil {
			pages.record(memory{})
			return make([]byte, regionPages*page)
		}
	}
	inner := region[page : size-page : size-page]
	guards := unix.Mprotect(region[:page], unix.PROT_NONE) == nil && unix.Mprotect(region[size-page:], unix.PROT_NONE) == nil
	granted.guarded = guards
	granted.locked = granted.secretMem || unix.Mlock(inner) == nil
	granted.noDump = unix.Madvise(inner, unix.MADV_DONTDUMP) == nil || granted.secretMem
	granted.noFork = unix.Madvise(inner, unix.MADV_WIPEONFORK) == nil || unix.Madvise(inner, unix.MADV_DONTFORK) == nil
	pages.record(granted)
	return inner
}

// HardenProcess keeps the process from being traced and from leaving a core
// dump (T55). Files of the process under /proc belong to root from then on.
func HardenProcess() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return internal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return internal(err)
	}
	return nil
}

func processHardened() (noTrace, noCore bool) {
	dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	var limit unix.Rlimit
	coreErr := unix.Getrlimit(unix.RLIMIT_CORE, &limit)
	return err == nil && dumpable == 0, coreErr == nil && limit.Cur == 0
}
