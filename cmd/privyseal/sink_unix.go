//go:build unix

package main

import (
	"context"
	"log/syslog"

	"github.com/privyseal/privyseal/internal/keeper"
)

// systemLog is the machine's log, which may carry its lines to another one.
type systemLog struct{ w *syslog.Writer }

func openSyslog() (keeper.Sink, error) {
	w, err := syslog.New(syslog.LOG_NOTICE|syslog.LOG_AUTHPRIV, "privyseal")
	if err != nil {
		return nil, err
	}
	return systemLog{w}, nil
}

// Put implements [keeper.Sink].
func (s systemLog) Put(_ context.Context, event []byte) error { return s.w.Notice(string(event)) }

// Close implements [keeper.Sink].
func (s systemLog) Close() error { return s.w.Close() }
