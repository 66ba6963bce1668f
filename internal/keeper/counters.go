package keeper

import (
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// counters count what is not recorded one by one. The zero value is ready.
type counters struct {
	mu    sync.Mutex
	n     map[string]int
	apps  map[string]*appCount
	shut  int       // requests met by a locked vault
	since time.Time // the first of them
}

// appCount counts an app's control methods, in all and by the minute.
type appCount struct {
	minute     int64
	now, total int
}

func (c *counters) add(name string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int{}
	}
	c.n[name] += n
}

func (c *counters) all() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := maps.Clone(c.n)
	if out == nil {
		out = map[string]int{}
	}
	return out
}

// control counts one control method of an app.
func (c *counters) control(app string, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.apps[app]
	if a == nil {
		if c.apps == nil {
			c.apps = map[string]*appCount{}
		}
		a = new(appCount)
		c.apps[app] = a
	}
	if m := at.Unix() / 60; m != a.minute {
		a.minute, a.now = m, 0
	}
	a.now++
	a.total++
}

func (c *counters) controls(app string, at time.Time) control.CallCount {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.apps[app]
	if a == nil {
		return control.CallCount{}
	}
	out := control.CallCount{Total: a.total}
	if a.minute == at.Unix()/60 {
		out.Minute = a.now
	}
	return out
}

func (c *counters) forget(app string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.apps, app)
}

// locked counts a request that the locked vault kept from being served.
func (c *counters) locked(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shut == 0 {
		c.since = at
	}
	c.shut++
}

func (c *counters) unlocked() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shut, c.since = 0, time.Time{}
}

func (c *counters) waiting() *control.Waiting {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shut == 0 {
		return nil
	}
	return &control.Waiting{Requests: c.shut, Since: c.since}
}

func typeName(m control.Message) string { return fmt.Sprintf("%T", m) }
