package keeper

import (
	"sync"

	"github.com/privyseal/privyseal/nostr"
)

// debts are the relays that finished requests are owed to, of which the store
// has not heard yet. A relay on the same computer takes an answer sooner than its
// end is written: then both are one change.
type debts struct {
	mu   sync.Mutex
	open map[debtOf]*debt
}

type debtOf struct {
	app   string
	event nostr.ID
}

// debt is who an answer is owed to.
type debt struct {
	of   debtOf
	left []string
	less bool // some relay took it, or is not asked any more
}

// maxDebts bounds those that are waited for; beyond it each is two changes.
const maxDebts = 4096

func newDebts() debts { return debts{open: map[debtOf]*debt{}} }

// owe begins a debt, until it is written.
func (d *debts) owe(app string, event nostr.ID, relays []string) *debt {
	o := &debt{of: debtOf{app, event}, left: relays}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.open) < maxDebts {
		d.open[o.of] = o
	}
	return o
}

// settle notes who is still owed to; false where the debt is written already.
func (d *debts) settle(app string, event nostr.ID, left []string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	o := d.open[debtOf{app, event}]
	if o != nil {
		o.left, o.less = left, true
	}
	return o != nil
}

// written ends a debt, and says what is to be written. It may be asked again.
func (d *debts) written(o *debt) (left []string, less bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open[o.of] == o {
		delete(d.open, o.of)
	}
	return o.left, o.less
}
