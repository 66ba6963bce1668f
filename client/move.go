package client

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// SwitchRelays asks the key app which relays it prefers (NIP-46 "Switching
// relays"), waiting four seconds at most, and moves there if they changed. Old
// relays are kept until a new one works and ten seconds longer; if none works
// they stay. [Connect], [Pairing.Wait] and [Resume] ask by themselves.
func (s *Session) SwitchRelays(ctx context.Context) (changed bool, err error) {
	result, err := s.line.do(ctx, nip46.SwitchRelays, within(switchCap))
	if err != nil {
		return false, err
	}
	urls, changed, err := nip46.ParseRelayList(result)
	if err != nil {
		return false, badAnswer(err.Error())
	}
	if !changed {
		return false, nil
	}
	return s.line.move(urls), nil
}

// anew is until a key app that was silent is asked again where to meet.
var anew = [...]time.Duration{10 * time.Second, time.Minute, 5 * time.Minute}

// meet asks for the relays of a session that was taken up; a key app that does
// not hear it is asked again.
func (s *Session) meet() {
	for i := 0; s.line.awaitLive(s.line.ctx) == nil; i++ {
		_, err := s.SwitchRelays(s.line.ctx)
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Code != ErrNoAnswer && e.Code != ErrNoConnection || i == len(anew) || !s.line.pause(anew[i]) {
			return
		}
	}
}

// move opens new relays and leaves the old ones later. It reports whether the
// set differs from the present one.
func (l *line) move(urls []string) bool {
	if len(urls) > maxRelays/2 {
		urls = urls[:maxRelays/2] // beside the old ones
	}
	l.mu.Lock()
	same := len(urls) == len(l.relays)
	for _, r := range l.relays {
		same = same && slices.Contains(urls, r.url)
	}
	l.moving++
	mine := l.moving
	l.mu.Unlock()
	if same {
		return false
	}
	l.open(urls, false)
	l.mu.Lock()
	if !l.closed {
		l.wg.Go(func() { l.leave(urls, mine) })
	}
	l.mu.Unlock()
	return true
}

// leave drops all relays but the new ones, once one of those works; a new one
// that does not work goes instead if none does. A later move takes over.
func (l *line) leave(urls []string, mine uint64) {
	deadline := time.NewTimer(l.o.ConnectTimeout)
	defer deadline.Stop()
	for works, late := false, false; ; {
		l.mu.Lock()
		changed := l.changed
		for _, r := range l.relays {
			works = works || r.live && slices.Contains(urls, r.url)
		}
		l.mu.Unlock()
		if works || late {
			if works && !l.pause(overlap) {
				return
			}
			l.prune(urls, works, mine)
			return
		}
		select {
		case <-changed:
		case <-deadline.C:
			late = true
		case <-l.ctx.Done():
			return
		}
	}
}

// pause waits; false means that the line was closed.
func (l *line) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.ctx.Done():
		return false
	}
}

// prune ends a move: the old relays go, or the new ones that never worked.
func (l *line) prune(urls []string, works bool, mine uint64) {
	l.mu.Lock()
	if mine != l.moving {
		l.mu.Unlock()
		return
	}
	var gone []*relay
	for _, r := range l.relays {
		if fresh := slices.Contains(urls, r.url) && !l.typed[r.url]; works && !slices.Contains(urls, r.url) || !works && fresh && !r.live {
			gone = append(gone, r)
		}
	}
	if len(gone) == len(l.relays) {
		gone = nil
	}
	l.mu.Unlock()
	for _, r := range gone {
		l.drop(r)
	}
}

// signIn answers a relay that wants to know who asks (NIP-42), with the app's
// own key.
func (l *line) signIn(r *relay, challenge string) {
	t := nostr.Template{CreatedAt: time.Now().Unix(), Kind: 22242,
		Tags: nostr.Tags{{"relay", r.url}, {"challenge", challenge}}}
	if e, err := t.Sign(l.key, false); err == nil {
		r.link.Authenticate(challenge, [][]byte{e.AppendJSON(nil)})
	}
}
