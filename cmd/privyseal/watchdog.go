package main

import (
	"context"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// statusEvery is how often a service manager hears how the signer does, when it
// sets no watchdog.
const statusEvery = 30 * time.Second

// figuresFor is how long the keeper may take to say how it does.
const figuresFor = 5 * time.Second

// watchdogEvery is how often systemd wants to hear from this process; 0: never.
// It must hear twice within the time that it waits (sd_watchdog_enabled).
func watchdogEvery(getenv func(string) string, pid int) time.Duration {
	if p := getenv("WATCHDOG_PID"); p != "" && p != strconv.Itoa(pid) {
		return 0
	}
	usec, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || usec <= 0 || usec > int64(time.Hour/time.Microsecond)*24 {
		return 0
	}
	return time.Duration(usec) * time.Microsecond / 2
}

// watch tells the service manager how the signer does, and that it lives: only
// when a call over its own control socket went through all of it.
func (h *house) watch(ctx context.Context) {
	if h.m.Getenv("NOTIFY_SOCKET") == "" {
		return
	}
	every := watchdogEvery(h.m.Getenv, os.Getpid())
	patience := every
	if every == 0 {
		every, patience = statusEvery, figuresFor
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	well := true
	for {
		err := h.alive(ctx, patience)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			notify(h.m.Getenv, "STATUS=not well: "+asFailure(err).Msg)
			if well {
				h.log.Error("the signer is not well", "err", err)
			}
		default:
			s, err := askIn[control.Status](ctx, h.m, h.dir, control.VerbStatus, nil)
			line := ""
			if err == nil {
				line = "\nSTATUS=" + statusLine(s)
			}
			notify(h.m.Getenv, "WATCHDOG=1"+line)
		}
		well = err == nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// alive asks the signer over its control socket, as any command does.
func (h *house) alive(ctx context.Context, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := askIn[control.Alive](ctx, h.m, h.dir, control.VerbAlive, nil)
	return err
}

// statusLine is the signer in one line of plain words.
func statusLine(s control.Status) string {
	good, measured := 0, 0
	for _, r := range s.Relays {
		if r.Health == "good" {
			good++
		}
		if r.Health != "" && r.Health != "unmeasured" {
			measured++
		}
	}
	var parts []string
	switch {
	case !s.HasVault:
		parts = append(parts, "not set up yet")
	case s.OlderCopy != "":
		parts = append(parts, "locked, the data is an older copy")
	case s.Locked:
		parts = append(parts, "locked")
	}
	if s.Store != fine {
		parts = append(parts, "cannot write to its disk and signs nothing")
	}
	if s.Sink != nil && s.Sink.Failing != "" {
		parts = append(parts, "signs nothing, the record is not confirmed outside")
	}
	n := len(s.Relays)
	switch {
	case measured == 0:
		parts = append(parts, plural(n, "relay", "relays")+" not measured yet")
	case n == 1 && good == 1:
		parts = append(parts, "1 relay brings messages back")
	case n == 1:
		parts = append(parts, "the relay brings no messages back")
	default:
		verb := "bring"
		if good == 1 {
			verb = "brings"
		}
		parts = append(parts, strconv.Itoa(good)+" of "+strconv.Itoa(n)+" relays "+verb+" messages back")
	}
	parts = append(parts, plural(s.Questions, "question", "questions")+" open")
	return strings.Join(parts, ", ")
}
