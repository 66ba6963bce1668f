package proof

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// wire is the way between the signer and a relay. It can be cut: nothing comes
// through and nobody is told.
type wire interface {
	host() string            // where a relay must listen for the signer to reach it
	url(relay string) string // the relay's address, for everybody
	wrap() []string          // a command that runs another at the signer's end
	cut(seen bool)           // seen: as a pulled cable; else packets vanish
	mend()                   //
	name() string            //
}

// newWire is a network namespace for the signer where this is allowed, else a
// proxy that swallows. A long proof insists on the namespace.
func newWire(t testing.TB) wire {
	t.Helper()
	ns, err := newNamespace(t)
	if err == nil {
		return ns
	}
	if isLong() {
		t.Fatalf("the long proof cuts a network namespace, which needs root and iproute2: %v", err)
	}
	return newWall(t, err)
}

// namespace is a network of the signer's own, one cable away from this one.
type namespace struct {
	t                testing.TB
	id, ours, theirs string
}

func newNamespace(t testing.TB) (*namespace, error) {
	t.Helper()
	id := fmt.Sprintf("seal%d", os.Getpid())
	subnet := fmt.Sprintf("10.%d.%d", 192+os.Getpid()>>8&63, os.Getpid()&255)
	n := &namespace{t: t, id: id, ours: subnet + ".1", theirs: subnet + ".2"}
	if err := ip("netns add " + id); err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		_ = ip("link del " + id)
		_ = ip("netns del " + id)
	})
	for _, line := range []string{
		"link add " + id + " type veth peer name eth0 netns " + id,
		"addr add " + n.ours + "/30 dev " + id,
		"link set " + id + " up",
		"-n " + id + " addr add " + n.theirs + "/30 dev eth0",
		"-n " + id + " link set lo up",
		"-n " + id + " link set eth0 up",
	} {
		if err := ip(line); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func ip(args string) error {
	out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %s: %w %s", args, err, strings.TrimSpace(string(out)))
	}
	return nil
}

func (n *namespace) name() string            { return "network namespace" }
func (n *namespace) host() string            { return n.ours }
func (n *namespace) url(relay string) string { return relay }

func (n *namespace) wrap() []string { return []string{"ip", "netns", "exec", n.id} }

func (n *namespace) cut(seen bool) {
	if seen {
		must(n.t, ip("-n "+n.id+" link set eth0 down"))
		return
	}
	// Both ends send to nobody's address.
	must(n.t, ip("neigh replace "+n.theirs+" lladdr 02:00:00:00:00:01 nud permanent dev "+n.id))
	must(n.t, ip("-n "+n.id+" neigh replace "+n.ours+" lladdr 02:00:00:00:00:01 nud permanent dev eth0"))
}

func (n *namespace) mend() {
	must(n.t, ip("-n "+n.id+" link set eth0 up"))
	_ = ip("neigh del " + n.theirs + " dev " + n.id)
	_ = ip("-n " + n.id + " neigh del " + n.ours + " dev eth0")
}

// wall is a proxy before a relay that can fall silent.
type wall struct {
	why   error
	mu    sync.Mutex
	open  *sync.Cond
	shut  bool
	relay string
	addr  string
}

func newWall(t testing.TB, why error) *wall {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	w := &wall{why: why, addr: l.Addr().String()}
	w.open = sync.NewCond(&w.mu)
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(in)
		}
	}()
	t.Cleanup(func() { _ = l.Close(); w.mend() })
	return w
}

func (w *wall) name() string {
	return fmt.Sprintf("proxy that swallows (no namespace here: %v)", w.why)
}
func (w *wall) host() string   { return "127.0.0.1" }
func (w *wall) wrap() []string { return nil }
func (w *wall) cut(bool)       { w.mu.Lock(); w.shut = true; w.mu.Unlock() }
func (w *wall) mend()          { w.mu.Lock(); w.shut = false; w.mu.Unlock(); w.open.Broadcast() }
func (w *wall) url(r string) string {
	w.mu.Lock()
	w.relay = strings.TrimPrefix(r, "ws://")
	w.mu.Unlock()
	return "ws://" + w.addr + "/"
}

// pass waits while the wall is shut and answers the relay behind it.
func (w *wall) pass() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.shut {
		w.open.Wait()
	}
	return strings.TrimSuffix(w.relay, "/")
}

func (w *wall) carry(in net.Conn) {
	defer in.Close()
	out, err := net.Dial("tcp", w.pass())
	if err != nil {
		return
	}
	defer out.Close()
	half := func(to io.Writer, from io.Reader, done chan<- struct{}) {
		defer close(done)
		buf := make([]byte, 64<<10)
		for {
			n, err := from.Read(buf)
			w.pass()
			if n > 0 {
				_, err = to.Write(buf[:n])
			}
			if err != nil {
				return
			}
		}
	}
	there, back := make(chan struct{}), make(chan struct{})
	go half(out, in, there)
	go half(in, out, back)
	select {
	case <-there:
	case <-back:
	}
}
