package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// loop asks all questions, so many at a time, and opens and verifies the answers
// when all are there. It answers how long each took, and how long all.
func (a *app) loop(ctx context.Context, qs []question, at int) (took []time.Duration, all time.Duration, err error) {
	began := time.Now()
	answers, err := a.exchange(ctx, qs, at)
	if err != nil {
		return nil, 0, err
	}
	all = time.Since(began)
	took, err = a.check(qs, answers)
	return took, all, err
}

// exchange asks all questions, so many at a time: with every answer, whosever it
// is, the next is asked. Nothing is opened or verified meanwhile.
func (a *app) exchange(ctx context.Context, qs []question, at int) (answers []arrival, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	next := 0
	send := func() error {
		if next == len(qs) {
			return nil
		}
		qs[next].sent = time.Now()
		next++
		return a.conn.SendFrame(qs[next-1].frame)
	}
	for range at {
		if err := send(); err != nil {
			return nil, err
		}
	}
	late := time.NewTimer(patience)
	for len(answers) < len(qs) {
		select {
		case got := <-a.answers:
			answers = append(answers, got)
			if err := send(); err != nil {
				return nil, err
			}
			late.Reset(patience)
		case <-late.C:
			return nil, fmt.Errorf("%d of %d answers came, and none for %s", len(answers), len(qs), patience)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return answers, nil
}

// check opens and verifies every answer, and answers how long each took.
func (a *app) check(qs []question, answers []arrival) ([]time.Duration, error) {
	asked := make(map[string]*question, len(qs))
	for i := range qs {
		asked[qs[i].id] = &qs[i]
	}
	var took []time.Duration
	for _, got := range answers {
		r, err := a.open(got.event)
		if err != nil {
			return nil, err
		}
		q := asked[r.ID.Text()]
		if q == nil {
			return nil, errors.New("an answer to nothing, or a second one")
		}
		delete(asked, r.ID.Text())
		if r.Error != "" {
			return nil, fmt.Errorf("%s: %s", q.method, r.Error)
		}
		if err := q.right(r.Result); err != nil {
			return nil, fmt.Errorf("%s: %w", q.method, err)
		}
		took = append(took, got.at.Sub(q.sent))
	}
	return took, nil
}

// batch is how much is sealed at a time: a request is fresh for two minutes.
const batch = 20_000

// drive asks n things in batches, and answers how long each took and the CPU
// time that p spent meanwhile.
func (a *app) drive(ctx context.Context, p *process, method string, n, at int) (took []time.Duration, all, cpu time.Duration, err error) {
	for done := 0; done < n; done += batch {
		qs, err := a.sealed(method, min(batch, n-done))
		if err != nil {
			return nil, 0, 0, err
		}
		before, err := p.cpu()
		if err != nil {
			return nil, 0, 0, err
		}
		some, d, err := a.loop(ctx, qs, at)
		if err != nil {
			return nil, 0, 0, err
		}
		after, err := p.cpu()
		if err != nil {
			return nil, 0, 0, err
		}
		took, all, cpu = append(took, some...), all+d, cpu+after-before
	}
	return took, all, cpu, nil
}

// relay starts one that anybody may use.
func (b *bench) relay(ctx context.Context) (*process, string, error) {
	p, line, err := start(ctx, "event", b.pure, "relay", "--open", "--json", "--listen", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	return p, line["relay"].(string), nil
}

// loads runs every signer behind a relay of its own.
func (b *bench) loads(ctx context.Context, signers []signer) error {
	for _, s := range signers {
		load := func(p *process, a *app) error { return b.load(ctx, s, p, a) }
		if err := b.behind(ctx, s, load); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		b.besideOwnCurve(s.name)
	}
	return nil
}

// besideOwnCurve holds a build's CPU against the curve's operations as it does
// them, if both were measured.
func (b *bench) besideOwnCurve(name string) {
	row, values := name+" sign_event", []float64(nil)
	for _, at := range append([]place{{loaded, row, cpuColumn}}, curveOf(name)...) {
		v, ok := b.values[at]
		if !ok {
			return
		}
		values = append(values, v)
	}
	b.set(loaded, row, "CPU × the curve's", besideCurve(values))
}

// behind runs a signer behind a relay of its own, with one app.
func (b *bench) behind(ctx context.Context, s signer, fn func(p *process, a *app) error) error {
	relay, url, err := b.relay(ctx)
	if err != nil {
		return err
	}
	defer relay.stop()
	p, uri, err := s.start(ctx, b.dir, url)
	if err != nil {
		return err
	}
	defer p.stop()
	a, err := connect(ctx, uri)
	if err != nil {
		return err
	}
	defer a.conn.Close()
	return fn(p, a)
}

func (b *bench) load(ctx context.Context, s signer, p *process, a *app) error {
	methods := []string{"sign_event"}
	if s.ours() {
		methods = append(methods, "nip44_encrypt", "nip44_decrypt")
	}
	for _, method := range methods {
		if !strings.Contains(method, b.method) {
			continue
		}
		row := s.name + " " + method
		if _, _, _, err := a.drive(ctx, p, method, 500, 64); err != nil { // warm
			return err
		}
		if err := b.at(ctx, a, p, row, method, 64); err != nil {
			return err
		}
		if err := b.at(ctx, a, p, row, method, 1); err != nil {
			return err
		}
		if method == "sign_event" {
			for _, at := range []int{8, 256} {
				if err := b.at(ctx, a, p, row, method, at); err != nil {
					return err
				}
			}
		}
		mb, err := p.memory()
		if err != nil {
			return err
		}
		b.set(loaded, row, "MB", mb)
	}
	return nil
}

const (
	loaded    = "under load"
	cpuColumn = "CPU s/1000"
	rate      = "req/s"
)

func atColumn(percent, at int) string { return fmt.Sprintf("p%d@%d ms", percent, at) }

// at measures one method at so many outstanding.
func (b *bench) at(ctx context.Context, a *app, p *process, row, method string, at int) error {
	n := b.n
	if at == 1 {
		n = b.alone
	}
	stop, err := p.record(ctx, b.profile, fmt.Sprint(row, " ", at))
	if err != nil {
		return err
	}
	took, all, cpu, err := a.drive(ctx, p, method, n, at)
	stop()
	if err != nil {
		return fmt.Errorf("%s at %d: %w", method, at, err)
	}
	if at == 64 {
		b.set(loaded, row, cpuColumn, cpu.Seconds()/float64(n)*1000)
		b.set(loaded, row, rate, float64(n)/all.Seconds())
	}
	for _, percent := range []int{50, 95, 99} {
		b.set(loaded, row, atColumn(percent, at), quantile(took, percent))
	}
	return nil
}
