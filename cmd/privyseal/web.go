package main

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"time"

	"github.com/privyseal/privyseal/internal/console"
	"github.com/privyseal/privyseal/internal/relay"
)

// serveWeb serves the own relay and the console.
func (f *frontHalf) serveWeb(conf *tls.Config) error {
	door, err := f.parent.Door(0)
	if err != nil {
		return err
	}
	handler := http.Handler(console.New(console.Options{
		Log: f.log,
		Seam: func() console.Seam {
			if c := f.keeper(); c != nil {
				return c
			}
			return nil
		},
		Measure: func(ctx context.Context) []string { return measure(ctx, f.dialer, f.letter.Offered) },
	}))
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
