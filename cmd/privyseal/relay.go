package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/privyseal/privyseal/internal/relay"
	"github.com/privyseal/privyseal/nostr"
)

type relayCmd struct {
	Listen string   `default:"127.0.0.1:4646" placeholder:"ADDR" help:"Where to listen; port 0 picks a free one."`
	Open   bool     `help:"Serve anybody."`
	Key    []string `placeholder:"PUBKEY" help:"Serve this key (npub or hex); may be repeated."`
	logFlags
}

func (relayCmd) Help() string {
	return "Examples:\n  privyseal relay --open\n  privyseal relay --key npub1… --listen 0.0.0.0:4646"
}

func (c *relayCmd) Run(ctx context.Context, m *Main) error {
	if c.Open == (len(c.Key) > 0) {
		return usage("a relay serves anybody or the keys that are named", "give either --open or --key PUBKEY")
	}
	var keys []nostr.PubKey
	for _, s := range c.Key {
		pk, err := nostr.ParsePubKey(s)
		if err != nil {
			return usage("“"+s+"” is not a public key", "give it as npub1… or as 64 hex digits")
		}
		keys = append(keys, pk)
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return listenError(c.Listen, err)
	}
	log, _ := c.logger(m.Stderr)
	r := relay.New(relay.Options{Open: c.Open, Private: !c.Open, Fallback: http.HandlerFunc(frontPage), Log: log})
	r.Know(keys...)
	server := newServer(r, log)
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	line := relayReady{Event: "ready", PID: os.Getpid(), Listen: l.Addr().String(), Relay: "ws://" + l.Addr().String()}
	if err := m.line(line, func(w io.Writer) { fmt.Fprintf(w, "ready — relay %s\n", line.Relay) }); err != nil {
		return err
	}
	notify(m.Getenv, "READY=1")
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	notify(m.Getenv, "STOPPING=1")
	end, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := r.Shutdown(end); err != nil {
		log.Warn("some connections were cut off", "err", err)
	}
	if err := errors.Join(server.Close(), <-done); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

type relayReady struct {
	Event  string `json:"event"`
	PID    int    `json:"pid"`
	Listen string `json:"listen"`
	Relay  string `json:"relay"`
}

// frontPage says what this is, to who comes by with a browser.
func frontPage(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, "This is Privy Seal, a Nostr remote signer (NIP-46). It is used with the command privyseal; see: privyseal --help\n")
}
