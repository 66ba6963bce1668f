package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/privyseal/privyseal/cmd/privyseal/internal/child"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/sandbox"
)

// The verbs that run a half: for the supervisor, not for people.
const (
	keeperVerb = "keeper-half"
	frontVerb  = "front-half"
)

// isHalf reports whether a command line runs a half.
func isHalf(args []string) bool {
	return len(args) > 0 && slices.Contains([]string{keeperVerb, frontVerb}, args[0])
}

// part is what both halves have in common, in their own process.
type part struct {
	parent *child.Parent
	log    *slog.Logger
	level  *slog.LevelVar
	wg     sync.WaitGroup
	stop   chan struct{} // closed when the supervisor wants the end
	found  []control.Finding
	heard  func(order)
}

// ignoreSignals leaves them to the supervisor, which says when a half ends: a
// terminal and a service manager send them to all.
func ignoreSignals() { signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP) }

// dial takes up the way to the supervisor, and reads the letter.
func dial(ctx context.Context, letter any) (*part, error) {
	parent, err := child.Dial()
	if err != nil {
		return nil, usage(err.Error(), "")
	}
	raw, err := control.Do[json.RawMessage](ctx, parent.Client, askLetter, nil)
	if err != nil {
		return nil, err
	}
	return &part{parent: parent, stop: make(chan struct{})}, json.Unmarshal(raw, letter)
}

// obey does what the supervisor orders, until it is gone.
func (p *part) obey(ctx context.Context) {
	stop := sync.OnceFunc(func() { close(p.stop) })
	_ = p.parent.Stream(ctx, askOrders, nil, func(raw json.RawMessage) error {
		var o order
		if err := json.Unmarshal(raw, &o); err != nil {
			return err
		}
		setLevel(p.level, o.Level)
		if p.heard != nil {
			p.heard(o)
		}
		if o.Stop {
			stop()
		}
		return nil
	})
}

// errTold ends a half whose failure the supervisor reports.
var errTold = errors.New("the supervisor was told")

// confined notes how far the system confines this half.
func (p *part) confined(name string, r sandbox.Report) {
	if len(r.Done) > 0 {
		p.found = append(p.found, control.Finding{Check: name, State: fine, Text: strings.Join(r.Done, ", ")})
	}
	for _, lack := range r.Missing {
		p.log.Warn("the "+name+" is not confined as it could be", "why", lack)
		p.found = append(p.found, control.Finding{Check: name, State: warning, Text: lack, Fix: "use a Linux kernel that can, and a container that does not take it away"})
	}
}

// begun tells the supervisor that the start is over, and how. A failure is then
// the supervisor's to report.
func (p *part) begun(ctx context.Context, failed error) error {
	b := outcome{Findings: p.found}
	if failed != nil {
		b.Failed = illness(failed)
	}
	if err := p.tell(ctx, tellBegun, b); err != nil {
		return err
	}
	if failed != nil {
		return errTold
	}
	giveBack()
	return nil
}

// giveBack returns to the system what a start used and nothing needs any more:
// the collector alone would leave it until the heap is many times as large.
// From then on no more garbage gathers than a heap of ordinary size lets.
func giveBack() {
	time.AfterFunc(10*time.Second, func() {
		debug.FreeOSMemory()
		if os.Getenv("GOGC") == "" {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			debug.SetGCPercent(garbageOver(m.HeapAlloc))
		}
	})
}

// garbageOver is how many percent of a heap may gather: of a large one less, as
// new memory costs more than collecting.
func garbageOver(live uint64) int {
	return int(max(50, min(garbage, mostGarbage*100/max(live, 1))))
}

const mostGarbage = 64 << 20

func (p *part) tell(ctx context.Context, verb string, what any) error {
	return p.parent.Stream(ctx, verb, what, func(json.RawMessage) error { return nil })
}
