//go:build !linux

package vault

// newRegion is plain heap: this system's page protections are not used yet.
func newRegion() []byte {
	pages.record(memory{})
	return make([]byte, 64<<10)
}

// HardenProcess does nothing on this system.
func HardenProcess() error { return nil }

func processHardened() (noTrace, noCore bool) { return false, false }
