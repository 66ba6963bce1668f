package stage

import (
	"context"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/privyseal/privyseal/examples/webapp"
	"github.com/privyseal/privyseal/examples/webapp/doubles"
	"github.com/privyseal/privyseal/nostr"
)

// budget of the test wallet, in thousandths of a sat.
const budget = 1_000_000

// Stage is the demo's apps and doubles. The relay serves from Open on, the apps
// once they know the signer.
type Stage struct {
	BoardURL, DeskURL, RelayURL string

	relay       *doubles.Relay
	board, desk *door
	keys        *cast
}

// door is one port. It serves nothing until it is given what to serve.
type door struct {
	net.Listener
	server  http.Server
	handler atomic.Pointer[http.Handler]
	done    sync.WaitGroup
}

func open(addr string) (*door, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	d := &door{Listener: l}
	d.server = http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := d.handler.Load(); h != nil {
			(*h).ServeHTTP(w, r)
			return
		}
		w.Header().Set("Retry-After", "1")
		http.Error(w, "The demo is starting. Load this page again in a moment.", http.StatusServiceUnavailable)
	})}
	d.done.Go(func() { _ = d.server.Serve(l) })
	return d, nil
}

func (d *door) port() string {
	_, port, _ := net.SplitHostPort(d.Addr().String())
	return port
}

// Places are the addresses of both apps, on this computer; port 0 picks a free
// one. Dir keeps what happens, "" forgets it at the end.
type Places struct{ Board, Desk, Dir string }

// Open takes the ports and runs the relay.
func Open(p Places) (*Stage, error) {
	s := &Stage{}
	err := s.open(p)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Stage) open(p Places) (err error) {
	for _, addr := range []string{p.Board, p.Desk} {
		if host, _, err := net.SplitHostPort(addr); err != nil || !net.ParseIP(host).IsLoopback() {
			return errors.New("the demo listens on this computer only, such as 127.0.0.1:4747")
		}
	}
	if s.board, err = open(p.Board); err != nil {
		return err
	}
	if s.desk, err = open(p.Desk); err != nil {
		return err
	}
	// Two names of this computer, so that each app has cookies of its own.
	s.BoardURL, s.DeskURL = "http://localhost:"+s.board.port(), "http://127.0.0.1:"+s.desk.port()
	s.RelayURL = "ws://" + s.host() + "/relay"
	file := ""
	if p.Dir != "" {
		file = filepath.Join(p.Dir, "demo-events")
	}
	if s.relay, err = doubles.NewRelay(file); err != nil {
		return err
	}
	if s.keys, err = meet(p.Dir); err != nil {
		return err
	}
	var only http.Handler = s.withRelay(http.NotFoundHandler())
	s.board.handler.Store(&only)
	return s.seed(s.keys)
}

func (s *Stage) host() string { return strings.TrimPrefix(s.BoardURL, "http://") }

func (s *Stage) withRelay(h http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/relay", s.relay)
	mux.Handle("/", h)
	return mux
}

// Signer is who signs for the people who come.
type Signer struct {
	Origin string // of its pages
	Relay  string // that it listens on
	Hint   string // shown to who signs in
}

// Play begins: from now on the apps are there.
func (s *Stage) Play(by Signer) error {
	bea, err := s.keys.bea.PublicKey()
	if err != nil {
		return err
	}
	till, err := s.keys.tips.Keypair()
	if err != nil {
		return err
	}
	own, err := s.keys.board.Keypair()
	if err != nil {
		return err
	}
	tips := &doubles.Tips{Origin: s.BoardURL, Key: till, People: map[string]nostr.PubKey{"bea": bea}, Relay: s.relay}
	wallet := &doubles.Wallet{URL: s.RelayURL, Relay: s.relay, Tips: tips}
	if err := wallet.Open(s.keys.wallet, s.keys.client, budget); err != nil {
		return err
	}
	o := webapp.Options{Origin: s.BoardURL, Relay: s.RelayURL, Signer: by.Origin, SignerRelay: by.Relay, Other: s.DeskURL, Key: own, TestWallet: wallet.Connection(), Hint: by.Hint}
	board, err := webapp.NewBoard(o)
	if err != nil {
		return err
	}
	o.Origin, o.Other, o.TestWallet = s.DeskURL, s.BoardURL, ""
	desk, err := webapp.NewDesk(o)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/.well-known/lnurlp/", tips.Handler())
	mux.Handle("/", board)
	all, second := s.withRelay(mux), http.Handler(desk)
	s.board.handler.Store(&all)
	s.desk.handler.Store(&second)
	return nil
}

// Close ends everything, and waits for answers under way for two seconds.
func (s *Stage) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var errs []error
	if s.relay != nil {
		errs = append(errs, s.relay.Close())
	}
	for _, d := range []*door{s.board, s.desk} {
		if d == nil {
			continue
		}
		if err := d.server.Shutdown(ctx); err != nil {
			errs = append(errs, d.server.Close())
		}
		d.done.Wait()
	}
	return errors.Join(errs...)
}
