package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

const outstanding = 64

// measure runs one signer behind a relay of its own, first loaded, then with
// one request at a time.
func measure(ctx context.Context, dir string, s signer, o options) ([]result, error) {
	relay, line, err := start(ctx, "event", s.relay, "relay", "--open", "--json", "--listen", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer relay.stop()
	url, _ := line["relay"].(string)
	p, uri, err := s.start(ctx, dir, url)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	a, err := connect(ctx, uri)
	if err != nil {
		return nil, err
	}
	defer a.conn.Close()
	methods := []string{"sign_event"}
	if s.records {
		methods = append(methods, "nip44_encrypt", "nip44_decrypt")
	}
	var out []result
	for _, method := range methods {
		if !strings.Contains(method, o.method) {
			continue
		}
		r := result{Signer: s.name, Records: s.records, Method: method}
		ask := a.maker(method)
		if _, err := a.load(ctx, ask, 300, outstanding); err != nil { // warm
			return nil, err
		}
		rss := p.rss()
		before, err := p.cpu()
		if err != nil {
			return nil, err
		}
		stop, err := p.record(ctx, o.profile, s.name+" "+method)
		if err != nil {
			return nil, err
		}
		began := time.Now()
		took, err := a.load(ctx, ask, o.n, outstanding)
		if err != nil {
			return nil, err
		}
		r.PerSecond = float64(o.n) / time.Since(began).Seconds()
		after, err := p.cpu()
		if err != nil {
			return nil, err
		}
		stop()
		r.CPU = (after - before).Seconds() / float64(o.n) * 1000
		r.P50, r.P99 = quantiles(took)
		r.RSS = float64(p.rss()) / (1 << 20)
		r.RSSGrowthKB = float64(p.rss()-rss) / 1024 / float64(o.n) * 1000
		if took, err = a.load(ctx, ask, o.alone, 1); err != nil {
			return nil, err
		}
		r.P50Alone, r.P99Alone = quantiles(took)
		out = append(out, r)
	}
	return out, nil
}

func quantiles(took []time.Duration) (p50, p99 float64) {
	slices.Sort(took)
	ms := func(q int) float64 { return float64(took[len(took)*q/100].Microseconds()) / 1000 }
	return ms(50), ms(99)
}

// app is a client that asks many things at once.
type app struct {
	conn *link.Conn
	key  nostr.Keypair
	to   nostr.PubKey
	ck   nip44.ConversationKey
	peer nostr.PubKey          // a third person
	seal nip44.ConversationKey // between that person and the user

	mu   sync.Mutex
	n    int
	wait map[string]chan *nip46.Response
}

func connect(ctx context.Context, uri string) (*app, error) {
	b, err := nip46.ParseBunker(uri)
	if err != nil {
		return nil, err
	}
	a := &app{to: b.Signer, wait: map[string]chan *nip46.Response{}}
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		return nil, err
	}
	if a.key, err = sk.Keypair(); err != nil {
		return nil, err
	}
	if a.ck, err = nip44.NewConversationKey(a.key, (*[32]byte)(&a.to)); err != nil {
		return nil, err
	}
	if a.conn, err = link.Dial(ctx, b.Relays[0], link.Options{Typed: true}); err != nil {
		return nil, err
	}
	live := make(chan struct{})
	go a.read(ctx, live)
	me := nostr.PubKey(a.key.PublicKey())
	err = a.conn.Send(&nostr.ClientMessage{Label: nostr.LabelReq, SubID: "answers", Filters: []nostr.Filter{{
		Kinds: []nostr.Kind{nip46.Kind}, Tags: map[string][]string{"p": {me.String()}},
	}}})
	if err != nil {
		return nil, err
	}
	select {
	case <-live:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if r, err := a.call(ctx, nip46.Connect, []string{a.to.String(), b.Secret}); err != nil || r.Error != "" {
		return nil, fmt.Errorf("connect: %v %+v", err, r)
	}
	return a, a.meet(ctx)
}

// meet makes a third person, who seals texts to the user.
func (a *app) meet(ctx context.Context) error {
	r, err := a.call(ctx, nip46.GetPublicKey, nil)
	if err != nil {
		return err
	}
	user, err := nostr.ParsePubKey(r.Result)
	if err != nil {
		return err
	}
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		return err
	}
	kp, err := sk.Keypair()
	if err != nil {
		return err
	}
	a.peer = kp.PublicKey()
	a.seal, err = nip44.NewConversationKey(kp, (*[32]byte)(&user))
	return err
}

func text(n int) string {
	return fmt.Sprintf("%0*d", 1000, n)
}

func (a *app) read(ctx context.Context, live chan struct{}) {
	for {
		m, err := a.conn.Read(ctx)
		if err != nil {
			return
		}
		switch m.Label {
		case nostr.LabelEOSE:
			close(live)
		case nostr.LabelEvent:
			plain, err := nip44.Decrypt(&a.ck, m.Event.Content)
			if err != nil {
				continue
			}
			r, err := nip46.ParseResponse([]byte(plain))
			if err != nil {
				continue
			}
			a.mu.Lock()
			ch := a.wait[r.ID.Text()]
			delete(a.wait, r.ID.Text())
			a.mu.Unlock()
			if ch != nil {
				ch <- r
			}
		}
	}
}

func (a *app) call(ctx context.Context, method nip46.Method, params []string) (*nip46.Response, error) {
	ch := make(chan *nip46.Response, 1)
	a.mu.Lock()
	a.n++
	id := strconv.Itoa(a.n)
	a.wait[id] = ch
	a.mu.Unlock()
	content, err := nip44.Encrypt(&a.ck, string(nip46.AppendRequest(nil, id, method, params)))
	if err != nil {
		return nil, err
	}
	t := nostr.Template{Kind: nip46.Kind, CreatedAt: time.Now().Unix(), Content: content, Tags: nostr.Tags{{"p", a.to.String()}}}
	ev, err := t.Sign(a.key, false)
	if err != nil {
		return nil, err
	}
	if err := a.conn.Send(&nostr.ClientMessage{Label: nostr.LabelEvent, Event: ev}); err != nil {
		return nil, err
	}
	select {
	case r := <-ch:
		return r, nil
	case <-time.After(20 * time.Second):
		return nil, errors.New("no answer within 20 s")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// maker makes the parameters of the nth request: every one is another operation.
func (a *app) maker(method string) func(n int) (nip46.Method, []string) {
	run := time.Now().UnixNano()
	return func(n int) (nip46.Method, []string) {
		switch method {
		case "nip44_encrypt":
			return nip46.Nip44Encrypt, []string{a.peer.String(), text(n)}
		case "nip44_decrypt":
			sealed, _ := nip44.Encrypt(&a.seal, text(n))
			return nip46.Nip44Decrypt, []string{a.peer.String(), sealed}
		}
		note, _ := json.Marshal(map[string]any{
			"kind": 1, "created_at": time.Now().Unix(), "tags": [][]string{{"t", "bench"}},
			"content": fmt.Sprintf("note %d of run %d: %0150d", n, run, n),
		})
		return nip46.SignEvent, []string{string(note)}
	}
}

// load asks n things, so many at a time, and answers how long each took.
func (a *app) load(ctx context.Context, ask func(int) (nip46.Method, []string), n, at int) ([]time.Duration, error) {
	var (
		mu   sync.Mutex
		took []time.Duration
		bad  error
		wg   sync.WaitGroup
		gate = make(chan struct{}, at)
	)
	for i := range n {
		gate <- struct{}{}
		wg.Go(func() {
			defer func() { <-gate }()
			method, params := ask(i)
			began := time.Now()
			r, err := a.call(ctx, method, params)
			d := time.Since(began)
			if err == nil && r.Error != "" {
				err = errors.New(r.Error)
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, d)
			bad = errors.Join(bad, err)
		})
		mu.Lock()
		stop := bad != nil
		mu.Unlock()
		if stop {
			break
		}
	}
	wg.Wait()
	return took, bad
}
