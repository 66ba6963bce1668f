package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/store/sqlite"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// The floors: what a signer stands on.
const (
	floor      = "the same run's floor"
	echoRow    = "bare relay, there and back"
	commitRow  = "one commit"
	pausedRow  = "one commit after a pause, as a lone request's"
	derivation = "key derivation"
	curveTable = "the curve, µs"
	allInC     = "all in libsecp256k1"
	allInGo    = "all in decred's secp256k1"
)

var curveColumns = []string{"verify", "sign", "sign and check", "agree (ECDH)"}

// floors measures what no signer gets below.
func (b *bench) floors(ctx context.Context, signers []signer) error {
	for _, s := range signers {
		if s.curve == "" {
			continue
		}
		out, err := exec.CommandContext(ctx, s.curve, "curve").Output()
		if err != nil {
			return err
		}
		names := []string{s.name, allInGo, allInC}
		for i, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
			for j, op := range strings.Fields(line) {
				took, err := strconv.ParseFloat(op, 64)
				if err != nil {
					return fmt.Errorf("timing the curve: %s", line)
				}
				b.set(curveTable, names[i], curveColumns[j], took)
			}
		}
	}
	for _, f := range []struct {
		row   string
		pause time.Duration
	}{{commitRow, 0}, {pausedRow, betweenTwo}} {
		took, err := commits(ctx, b.dir, b.alone, f.pause)
		if err != nil {
			return err
		}
		b.set(floor, f.row, atColumn(50, 1), quantile(took, 50))
		b.set(floor, f.row, atColumn(99, 1), quantile(took, 99))
	}
	for _, at := range []int{1, 8, 64, 256} {
		n := b.n
		if at == 1 {
			n = b.alone
		}
		took, all, err := b.echo(ctx, n, at)
		if err != nil {
			return err
		}
		for _, percent := range []int{50, 95, 99} {
			b.set(floor, echoRow, atColumn(percent, at), quantile(took, percent))
		}
		if at == 64 {
			b.set(floor, echoRow, rate, float64(n)/all.Seconds())
		}
	}
	return nil
}

// betweenTwo is about how long nothing is written between two requests with one
// outstanding: the disk and the processor have gone to rest by then.
const betweenTwo = 1500 * time.Microsecond

// commits times n records, each synced to the disk that the signers use.
func commits(ctx context.Context, dir string, n int, pause time.Duration) (took []time.Duration, err error) {
	if dir, err = os.MkdirTemp(dir, "commit-"); err != nil {
		return nil, err
	}
	s, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	for range n {
		time.Sleep(pause)
		began := time.Now()
		err := s.Update(ctx, func(tx store.Tx) error {
			_, err := tx.AppendRecord(privyseal.Record{Time: began, Phase: privyseal.PhaseDone, Op: privyseal.OpSignEvent, Kind: 1, Outcome: privyseal.Allowed})
			return err
		})
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		took = append(took, time.Since(began))
	}
	return took, s.Close()
}

// derived times the derivation of the vault's key.
func derived(s store.Store) (time.Duration, *vault.Vault, error) {
	var seals []privyseal.Seal
	err := s.View(context.Background(), func(r store.Reader) (err error) {
		seals, err = r.Seals()
		return err
	})
	if err != nil {
		return 0, nil, err
	}
	v := vault.New(vault.Options{})
	began := time.Now()
	err = v.UnlockPassphrase(seals, []byte(passphrase))
	return time.Since(began), v, err
}

// echo is what an answer costs without a signer: events of a request's size to a
// key whose owner sends an event back that is signed already.
func (b *bench) echo(ctx context.Context, n, at int) (took []time.Duration, all time.Duration, err error) {
	relay, url, err := b.relay(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer relay.stop()
	ask, answer := newKeys(), newKeys()
	asks, err := letters(ask, answer.PublicKey(), n)
	if err != nil {
		return nil, 0, err
	}
	answers, err := letters(answer, ask.PublicKey(), n)
	if err != nil {
		return nil, 0, err
	}
	came, went := make(chan arrival, 4096), make(chan arrival, 4096)
	near, err := listen(ctx, url, came, ask.PublicKey())
	if err != nil {
		return nil, 0, err
	}
	defer near.Close()
	far, err := listen(ctx, url, went, answer.PublicKey())
	if err != nil {
		return nil, 0, err
	}
	defer far.Close()
	go func() {
		for _, frame := range answers {
			select {
			case <-went:
				_ = far.SendFrame(frame)
			case <-ctx.Done():
				return
			}
		}
	}()
	sent := make([]time.Time, n)
	began := time.Now()
	for i := range n + at {
		if i >= at { // the answers come in the order of what was sent
			select {
			case got := <-came:
				took = append(took, got.at.Sub(sent[i-at]))
			case <-time.After(patience):
				return nil, 0, errors.New("the echo stopped")
			}
		}
		if i < n {
			sent[i] = time.Now()
			if err := near.SendFrame(asks[i]); err != nil {
				return nil, 0, err
			}
		}
	}
	return took, time.Since(began), nil
}

func newKeys() nostr.Keypair {
	kp, err := newKeypair()
	if err != nil {
		panic(err) // without randomness nothing goes on
	}
	return kp
}

// letters are n frames of events from one key to another, of a request's size.
func letters(from nostr.Keypair, to nostr.PubKey, n int) ([][]byte, error) {
	out, run := make([][]byte, n), time.Now().UnixNano()
	for i := range out {
		t := nostr.Template{Kind: nip46.Kind, CreatedAt: time.Now().Unix(), Content: fmt.Sprintf("%d %0680d", run, i), Tags: nostr.Tags{{"p", to.String()}}}
		e, err := t.Sign(from, false)
		if err != nil {
			return nil, err
		}
		out[i] = (&nostr.ClientMessage{Label: nostr.LabelEvent, Event: e}).AppendJSON(nil)
	}
	return out, nil
}
