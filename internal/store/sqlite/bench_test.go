//go:build unix

package sqlite

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// BenchmarkRequest writes what one request of an app writes, from 64 callers at
// once: decided (awaited), done and delivered (not awaited).
func BenchmarkRequest(b *testing.B) {
	for _, callers := range []int{1, 24, 64} {
		b.Run(fmt.Sprint("callers=", callers), func(b *testing.B) {
			s := openDir(b, b.TempDir())
			sealed, answer := make([]byte, 480), make([]byte, 260) // of a short note
			var n atomic.Uint64
			var commits int64
			var before unix.Rusage
			unix.Getrusage(unix.RUSAGE_SELF, &before)
			b.SetParallelism((callers + 1) / 2)
			b.ResetTimer()
			request := func() {
				i := n.Add(1)
				now := time.UnixMilli(1_790_000_000_000 + int64(i))
				w := privyseal.Work{
					App: fmt.Sprintf("%016x", i%20), Op: privyseal.OpSignEvent, State: privyseal.WorkDecided,
					Relay: "wss://relay.example", Trace: fmt.Sprintf("%016x", i), Rule: "grant:0123456789abcdef",
					Sealed: sealed, Received: now,
				}
				for j := range 4 {
					x := (i + uint64(j)) * 0x9e3779b97f4a7c15
					for k := range 8 {
						w.Event[j*8+k], w.OpHash[j*8+k] = byte(x>>(8*k)), byte(x>>(8*k))+1
					}
				}
				rec := privyseal.Record{
					Time: now, Phase: privyseal.PhaseDecided, Trace: w.Trace, Identity: "0123456789abcdef", App: w.App,
					Client: nostr.PubKey{1}, Event: w.Event, Op: w.Op, Kind: 1, What: w.OpHash, Verdict: privyseal.Allow,
					Level: privyseal.L1, Rule: w.Rule, Given: now,
				}
				err := s.Update(b.Context(), func(tx store.Tx) error {
					if _, err := tx.WorkByOp(w.App, w.OpHash, now); !errors.Is(err, store.ErrNotFound) {
						return fmt.Errorf("known: %w", err)
					}
					if err := tx.AddWork(w); err != nil {
						return err
					}
					if err := tx.Spend(w.App, now.Truncate(time.Hour), 1<<30); err != nil {
						return err
					}
					_, err := tx.AppendRecord(rec)
					return err
				})
				if err != nil {
					b.Error(err)
				}
				owed := []string{"wss://relay.example"}
				s.Later(func(tx store.Tx) error {
					rec.Phase, rec.Outcome, rec.Result = privyseal.PhaseDone, privyseal.Allowed, w.OpHash
					if _, err := tx.AppendRecord(rec); err != nil {
						return err
					}
					return tx.FinishWork(w.App, w.Event, privyseal.Allowed, answer, owed, now.Add(10*time.Minute))
				})
				s.Later(func(tx store.Tx) error { return tx.SetOwed(w.App, w.Event, nil) })
			}
			if callers == 1 {
				for range b.N {
					request()
				}
			} else {
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						request()
					}
				})
			}
			if err := s.Flush(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			var after unix.Rusage
			unix.Getrusage(unix.RUSAGE_SELF, &after)
			cpu := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
			b.ReportMetric(float64(cpu)/float64(b.N)/1000, "µs-cpu/request")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
			commits = s.w.commits.Load()
			b.ReportMetric(float64(commits)/b.Elapsed().Seconds(), "commits/s")
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
