package vault

import "sync"

// Report says which protections of memory are in force, for doctor.
type Report struct {
	Locked        bool // secrets are never swapped out (mlock)
	NoDump        bool // secrets are left out of core dumps (MADV_DONTDUMP)
	NoFork        bool // a child does not inherit them (MADV_WIPEONFORK or DONTFORK)
	Guarded       bool // unreadable pages lie on both sides
	SecretMem     bool // not even the kernel maps them (memfd_secret)
	RuntimeSecret bool // temporaries are erased (GOEXPERIMENT=runtimesecret)
	NoTrace       bool // the process cannot be traced or dumped ([HardenProcess])
	NoCore        bool // the limit on core dumps is zero ([HardenProcess])
}

// memory is what the system granted to a region.
type memory struct{ locked, noDump, noFork, guarded, secretMem bool }

// grants is what every region so far has in common.
type grants struct {
	mu    sync.Mutex
	any   bool
	least memory
}

var pages grants

func (g *grants) record(m memory) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.any {
		g.any, g.least = true, m
		return
	}
	g.least.locked = g.least.locked && m.locked
	g.least.noDump = g.least.noDump && m.noDump
	g.least.noFork = g.least.noFork && m.noFork
	g.least.guarded = g.least.guarded && m.guarded
	g.least.secretMem = g.least.secretMem && m.secretMem
}

// Hardening reports the protections that all secret memory has; it takes some
// first when there is none yet.
func Hardening() Report {
	newSlot().free()
	pages.mu.Lock()
	defer pages.mu.Unlock()
	noTrace, noCore := processHardened()
	return Report{
		Locked:        pages.least.locked,
		NoDump:        pages.least.noDump,
		NoFork:        pages.least.noFork,
		Guarded:       pages.least.guarded,
		SecretMem:     pages.least.secretMem,
		RuntimeSecret: runtimeSecret,
		NoTrace:       noTrace,
		NoCore:        noCore,
	}
}
