//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// passQuit has all parts show what they are doing, and end, when the signer is
// asked for that (SIGQUIT): the halves first.
func passQuit(h *house) (stop func()) {
	quit := make(chan os.Signal, 1)
	signal.Notify(quit, syscall.SIGQUIT)
	go func() {
		if _, asked := <-quit; !asked {
			return
		}
		h.end() // nothing is started anew
		for _, p := range []*half{h.keeper, h.front} {
			proc := p.process()
			proc.Signal(syscall.SIGQUIT)
			select {
			case <-proc.Ended():
			case <-time.After(letGoFor):
			}
		}
		signal.Reset(syscall.SIGQUIT)
		_ = syscall.Kill(os.Getpid(), syscall.SIGQUIT)
	}()
	return func() {
		signal.Stop(quit)
		close(quit)
	}
}
