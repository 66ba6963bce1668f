package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/privyseal/privyseal/cmd/privyseal/internal/child"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/errand"
	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/internal/relay"
	"github.com/privyseal/privyseal/internal/sandbox"
	"github.com/privyseal/privyseal/internal/transport"
	"github.com/privyseal/privyseal/internal/vault"
)

type frontHalfCmd struct{}

func (frontHalfCmd) Help() string { return "Started by the signer itself.\n\nExample:\n  privyseal up" }

// aloneFor is how long a front waits for a keeper before it ends itself, so that
// both are connected anew.
const aloneFor = 20 * time.Second

// joinedWithin is how long a page waits for the first keeper.
const joinedWithin = 3 * time.Second

// nameServersEvery is how often it is looked whether the name servers changed.
const nameServersEvery = 5 * time.Second

// frontHalf is the process that meets the network.
type frontHalf struct {
	*part
	letter  frontLetter
	dialer  *link.Dialer
	relay   *relay.Relay
	web     *http.Server
	figures *http.Server
	carrier *transport.Transport
	calls   atomic.Pointer[control.Client] // to the keeper; nil before the first
	joined  chan struct{}                  // closed when there is a first one
	failed  chan error                     // a part that ended by itself
}

// Run is the front's whole life. It works on half the cores, where nobody said
// how many: it mostly waits, and to wake one more for every message cost a sixth
// of a signature (docs/bench.md). The keeper has the curve to do, and needs all.
func (frontHalfCmd) Run(ctx context.Context, m *Main) error {
	f := &frontHalf{failed: make(chan error, 4), joined: make(chan struct{})}
	var err error
	if f.part, err = dial(ctx, &f.letter); err != nil {
		return err
	}
	f.log, f.level = f.letter.Log.gathered(m)
	if m.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(max(1, runtime.GOMAXPROCS(0)/2))
	}
	if err := f.begun(ctx, f.begin(ctx)); err != nil {
		return err
	}
	return f.serve(ctx)
}

// begin opens the doors.
func (f *frontHalf) begin(ctx context.Context) error {
	f.dialer = &link.Dialer{Socks: f.letter.Socks}
	if f.letter.Private {
		f.dialer.AllowPrivate = func(string) bool { return true }
	}
	f.carrier = transport.New(transport.Options{
		Dialer: f.dialer, Log: f.log, Local: f.local,
		Errand: errand.New(errand.Options{Dialer: f.dialer, Log: f.log}).Run,
	})
	if err := vault.HardenProcess(); err != nil {
		f.log.Warn("the front could not be protected from tracing", "err", err)
	}
	conf, err := f.tlsConfig()
	if err != nil {
		return err
	}
	var dirs []string
	if f.letter.Certs != "" {
		dirs = append(dirs, f.letter.Certs)
	}
	f.confined("front", sandbox.Front(dirs...)) // what it needs of files is read
	if err := f.serveWeb(conf); err != nil {
		return err
	}
	if err := f.serveFigures(); err != nil {
		return err
	}
	if len(f.letter.Measure) > 0 {
		return f.tell(ctx, tellMeasured, measure(ctx, f.dialer, f.letter.Measure))
	}
	return nil
}

// run starts a part; its end is the front's.
func (f *frontHalf) run(name string, part func() error) {
	f.wg.Go(func() {
		err := part()
		if err == nil {
			err = errors.New("ended")
		}
		select {
		case f.failed <- errors.New(name + ": " + err.Error()):
		default:
		}
	})
}

// serve carries messages to and from whatever keeper there is, until the
// supervisor wants the end.
func (f *frontHalf) serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go f.obey(ctx)
	go f.carrier.WatchNetwork(ctx, net.InterfaceAddrs)
	go f.watchNameServers(ctx)
	carried := make(chan struct{})
	go func() {
		defer close(carried)
		f.carry(ctx)
	}()
	select {
	case <-f.stop:
	case err := <-f.failed:
		f.log.Error("a part of the front ended", "err", err)
		return errTold
	}
	end, done := context.WithTimeout(ctx, drainFor/2)
	defer done()
	select {
	case <-carried: // the keeper ended first; what it answered is sent
	case <-end.Done():
	}
	if f.relay != nil {
		if err := f.relay.Shutdown(end); err != nil {
			f.log.Warn("some connections to the own relay were cut off", "err", err)
		}
	}
	_ = f.web.Close()
	_ = f.figures.Close()
	return nil
}

// carry serves one keeper after another.
func (f *frontHalf) carry(ctx context.Context) {
	seams := make(chan child.Ends)
	go func() {
		defer close(seams)
		for {
			ends, err := f.parent.Seam()
			if err != nil {
				return
			}
			seams <- ends
		}
	}()
	for {
		select {
		case ends, ok := <-seams:
			if !ok {
				return
			}
			if f.calls.Swap(control.NewClient(ends.Calls)) == nil {
				close(f.joined)
			}
			err := f.carrier.Run(ctx, control.NewConn(ends.Events))
			_ = ends.Close()
			f.log.Debug("the keeper is gone", "err", err)
		case <-f.stop:
			return
		case <-time.After(aloneFor):
			f.failed <- errors.New("no keeper for " + aloneFor.String())
			return
		}
	}
}

// keeper is the keeper that there is. The doors open a moment before the two are
// joined: whoever comes first waits for that.
func (f *frontHalf) keeper() *control.Client {
	select {
	case <-f.joined:
	case <-time.After(joinedWithin):
	}
	return f.calls.Load()
}

// watchNameServers ends the front when the system names its name servers in
// another file: it may read only the one that was there when it was confined.
func (f *frontHalf) watchNameServers(ctx context.Context) {
	tick := time.NewTicker(nameServersEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if sandbox.NameServersMoved() {
			f.failed <- errors.New("the system's name servers changed; it starts anew to read them")
			return
		}
	}
}

// status is how the keeper says it does.
func (f *frontHalf) status() (control.Status, error) {
	c := f.calls.Load()
	if c == nil {
		return control.Status{}, control.ErrGone
	}
	ctx, cancel := context.WithTimeout(context.Background(), figuresFor)
	defer cancel()
	return control.Do[control.Status](ctx, c, control.VerbStatus, json.RawMessage("{}"))
}

// ownRelay is our relay as the transport reaches it: in process.
type ownRelay struct{ *relay.Local }

func (o ownRelay) Open(deliver func([]byte)) transport.LocalSub { return o.Local.Open(deliver) }

// local answers our own relay for its URL.
func (f *frontHalf) local(url string) transport.LocalRelay {
	if f.relay == nil || url != f.letter.OwnURL {
		return nil
	}
	return ownRelay{f.relay.Local()}
}
