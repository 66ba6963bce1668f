package main

import (
	"crypto/tls"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/relay"
)

// serveWeb serves the own relay, and a line for people who come by with a
// browser.
func (f *frontHalf) serveWeb(conf *tls.Config) error {
	door, err := f.parent.Door(0)
	if err != nil {
		return err
	}
	handler := http.Handler(http.HandlerFunc(frontPage))
	if f.letter.OwnURL != "" {
		f.relay = relay.New(relay.Options{URL: func() string { return f.letter.OwnURL }, Fallback: handler, Log: f.log})
		handler = f.relay
	}
	f.web = newServer(handler, f.log)
	f.web.TLSConfig = conf
	f.run("the listener", func() error {
		if conf != nil {
			return f.web.ServeTLS(door, "", "")
		}
		return f.web.Serve(door)
	})
	return nil
}

func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// frontPage says what this is.
func frontPage(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, control.EnterPath) || strings.HasPrefix(r.URL.Path, control.JoinPath) {
		http.Error(w, "The console has no pages yet. Questions are answered with: privyseal requests watch", http.StatusNotFound)
		return
	}
	if r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, "This is Privy Seal, a Nostr remote signer (NIP-46). It is used with the command privyseal; see: privyseal --help\n")
}
