package main

import (
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/privyseal/privyseal/internal/relay"
)

// serveWeb serves the own relay, and a line for people who come by with a
// browser.
func (h *house) serveWeb() error {
	handler := http.Handler(http.HandlerFunc(frontPage))
	if h.cmd.OwnRelay {
		h.relay = relay.New(relay.Options{
			URL: func() string { return h.ownURL }, Fallback: handler, Log: h.log,
		})
		handler = h.relay
	}
	conf, err := h.cmd.tlsConfig(h.dialer(), h.dir)
	if err != nil {
		return err
	}
	h.web = newServer(handler, h.log)
	h.web.TLSConfig = conf
	h.run("the listener", func() error {
		if conf != nil {
			return h.web.ServeTLS(h.listener, "", "")
		}
		return h.web.Serve(h.listener)
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
	if r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, "This is Privy Seal, a Nostr remote signer (NIP-46). It is used with the command privyseal; see: privyseal --help\n")
}
