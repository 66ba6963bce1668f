package proof

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/privyseal/privyseal/client"
	"github.com/privyseal/privyseal/nostr"
)

// TestOneRealDay kills the relay and the signer again and again while two apps
// of our SDK work: one paired by bunker://, one by nostrconnect://. Every
// request is answered once or refused with a reason, none is open more than 5 s
// after the path is back.
func TestOneRealDay(t *testing.T) {
	t.Parallel()
	relayKills, signerKills := amount(t, "PROOF_RELAY_KILLS", 5, 50), amount(t, "PROOF_SIGNER_KILLS", 3, 50)
	calm := time.Duration(amount(t, "PROOF_CALM_MS", 1500, 5500)) * time.Millisecond
	relay := startRelay(t, "")
	url := relay.ready.Relay
	s := newSigner(t, []string{url}).up()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o := client.Options{Name: "day", PrivateRelays: true, AnswerTimeout: time.Minute, ConnectTimeout: time.Minute}
	first, err := client.Connect(ctx, s.invite("--preset", "ask", "--allow", "sign_event:1"), o)
	must(t, err)
	defer first.Close()
	pairing, err := client.Pair(ctx, []string{url}, o)
	must(t, err)
	s.run("accept", pairing.URI(), "--preset", "ask", "--allow", "sign_event:1")
	second, err := pairing.Wait(ctx)
	must(t, err)
	defer second.Close()

	var back atomic.Int64 // when the path was whole again, Unix ns; 0: broken
	back.Store(time.Now().UnixNano())
	var mu sync.Mutex
	var open []time.Duration // how long requests stayed open with a whole path
	var refused int
	ids := map[nostr.ID]bool{}
	var work sync.WaitGroup
	stopped := make(chan struct{})
	for n, session := range []*client.Session{first, second} {
		work.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stopped:
					return
				default:
				}
				began := time.Now()
				ev, err := session.SignEvent(ctx, nostr.Template{Kind: 1, CreatedAt: began.Unix(), Content: fmt.Sprintf("day %d %d", n, i)})
				ended := time.Now()
				whole := time.Unix(0, back.Load())
				mu.Lock()
				var reason *client.Error
				switch {
				case err == nil && ids[ev.ID]:
					t.Errorf("one event was given for two requests")
				case err == nil:
					ids[ev.ID] = true
					if back.Load() > 0 {
						from := began
						if whole.After(from) {
							from = whole
						}
						open = append(open, max(0, ended.Sub(from)))
					}
				case errors.As(err, &reason) && reason.Code != client.ErrNoAnswer:
					refused++
				default:
					t.Errorf("a request got no answer: %v", err)
				}
				mu.Unlock()
				pause := time.NewTimer(50 * time.Millisecond)
				<-pause.C
			}
		})
	}
	memory := []int{rss(t, s.cmd.Process.Pid)}
	for n := range max(relayKills, signerKills) {
		if n < relayKills {
			back.Store(0)
			relay.kill()
			relay = startRelay(t, relay.ready.Listen)
			back.Store(time.Now().UnixNano())
			time.Sleep(calm) // the day goes on
		}
		memory = append(memory, rss(t, s.cmd.Process.Pid))
		if n < signerKills {
			back.Store(0)
			s.kill()
			s.up()
			back.Store(time.Now().UnixNano())
			time.Sleep(calm)
		}
	}
	close(stopped)
	work.Wait()
	records := s.records()
	var none []string
	(&checker{}).chain(records, func(format string, args ...any) { none = append(none, fmt.Sprintf(format, args...)) })
	for _, b := range none {
		t.Error(b)
	}
	done := map[string]bool{}
	for _, r := range records {
		if r.Phase == "done" && r.Outcome == "allowed" {
			done[r.What] = true
		}
	}
	if len(ids) == 0 || len(done) < len(ids) {
		t.Errorf("%d events were signed, %d are on record", len(ids), len(done))
	}
	slices.Sort(open)
	longest := open[len(open)-1]
	if longest > 5*time.Second {
		t.Errorf("a request was open for %v after the path was back", longest)
	}
	figure(t, "one real day", "relay killed and restored %d times, signer killed %d times, two SDK apps: %d signatures, %d refused with a reason, none lost; open after the path was back: p50 %v, most %v; RSS %d–%d MiB; the chain verifies",
		relayKills, signerKills, len(ids), refused, open[len(open)/2].Round(time.Millisecond), longest.Round(time.Millisecond), slices.Min(memory), slices.Max(memory))
}

// rss is a process's resident memory in MiB.
func rss(t testing.TB, pid int) int {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	must(t, err)
	pages, err := strconv.Atoi(strings.Fields(string(raw))[1])
	must(t, err)
	return pages * os.Getpagesize() >> 20
}
