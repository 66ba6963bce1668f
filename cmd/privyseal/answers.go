package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/anchor"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
)

// answerKeeper answers the keeper's calls.
func (h *house) answerKeeper(ctx context.Context, _ control.Rights, verb string, args json.RawMessage, more func(any) error) (any, error) {
	switch verb {
	case askLetter:
		return keeperLetter{Log: h.cmd.logFlags, Dir: h.dir, PID: os.Getpid(), Mark: h.m.stateDir()}, nil
	case askOrders:
		return nil, h.keeper.orders.stream(ctx, more)
	case tellBegun:
		return nil, take(args, func(b outcome) { h.keeper.ready <- b })
	case tellOpened:
		return h.answerOpened(ctx, args)
	case askKey:
		var wish keyWish
		if err := json.Unmarshal(args, &wish); err != nil {
			return nil, err
		}
		k := h.keyFor(wish)
		return k, nil
	case tellSetting:
		return nil, take(args, func(s control.SettingArgs) { h.settingChanged(s.Key, s.Value) })
	case askMark:
		var vault control.Name
		if err := json.Unmarshal(args, &vault); err != nil {
			return nil, err
		}
		return loadMark(h.m.anchor(), vault.Name), nil
	case saveMark:
		var mark anchor.Mark
		if err := json.Unmarshal(args, &mark); err != nil {
			return nil, err
		}
		return nil, h.m.anchor().Save(mark)
	case runCommand:
		var c keeper.Command
		if err := json.Unmarshal(args, &c); err != nil {
			return nil, err
		}
		return h.runCommand(ctx, c), nil
	case openSink, putSink:
		var c sinkCall
		if err := json.Unmarshal(args, &c); err != nil {
			return nil, err
		}
		return h.answerSink(verb, c), nil
	}
	return nil, unknownCall(verb)
}

// answerFront answers the front's calls: nothing of the keeper's goes there.
func (h *house) answerFront(ctx context.Context, _ control.Rights, verb string, args json.RawMessage, more func(any) error) (any, error) {
	switch verb {
	case askLetter:
		return h.frontLetter()
	case askOrders:
		return nil, h.front.orders.stream(ctx, more)
	case tellBegun:
		return nil, take(args, func(b outcome) {
			h.keeper.orders.set(func(o *order) { o.Front = b.Findings })
			h.front.ready <- b
		})
	case tellMeasured:
		return nil, take(args, func(urls []string) { h.measured <- urls })
	}
	return nil, unknownCall(verb)
}

// frontLetter is what the front begins with.
func (h *house) frontLetter() (frontLetter, error) {
	l := frontLetter{
		Log: h.cmd.logFlags, TLS: h.cmd.tlsFlags, OwnURL: h.ownURL, Socks: h.socks, Private: h.m.AllowPrivate, TCP: h.figuresTCP != nil,
	}
	if level := h.front.orders.wanted().Level; level != "" {
		l.Log.LogLevel = level // it holds from the front's first line on
	}
	if h.wantsPublic() && !h.working() {
		l.Measure = h.m.Public
	}
	if h.asksPublic() {
		l.Offered = h.m.Public
	}
	if h.cmd.TLS != "auto" {
		return l, nil
	}
	l.Certs = filepath.Join(h.dir, certsDir)
	return l, os.MkdirAll(l.Certs, 0o700)
}

// certsDir is the one directory of the data directory that the front reaches.
const certsDir = "acme"

func unknownCall(verb string) error {
	return privyseal.E(privyseal.KindUnsupported, "the supervisor does not know the call "+verb, "")
}

// take reads what a half tells.
func take[T any](args json.RawMessage, use func(T)) error {
	var v T
	if err := json.Unmarshal(args, &v); err != nil {
		return err
	}
	use(v)
	return nil
}

// answerOpened has the keeper wait for the terms it works on; one that is
// started anew gets those of the first, without a vault to make.
func (h *house) answerOpened(ctx context.Context, args json.RawMessage) (any, error) {
	err := take(args, func(o opened) {
		select {
		case h.store <- o:
		default: // the first has told
		}
	})
	if err != nil {
		return nil, err
	}
	select {
	case <-h.agreed:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.terms
	h.terms.Found = nil
	return t, nil
}

// settingChanged hears of settings that concern more than the keeper.
func (h *house) settingChanged(key, value string) {
	if key == settingLevel && h.cmd.LogLevel == "" {
		setLevel(h.level, value)
		h.front.orders.level(value)
	}
}

func loadMark(place anchor.Place, vault string) markReply {
	mark, err := place.Load(vault)
	r := markReply{Mark: mark, None: errors.Is(err, anchor.ErrNone), Spoiled: errors.Is(err, anchor.ErrSpoiled)}
	if err != nil {
		r.Fault = err.Error()
	}
	return r
}

// answerSink keeps the record of activity outside the data directory.
func (h *house) answerSink(verb string, c sinkCall) sinkReply {
	err := func() error {
		sink, err := openOutside(c.Where, h.dir, c.Fresh)
		if err != nil || verb == openSink {
			return err
		}
		event, err := checkpoint(c.Event)
		if err != nil {
			return err
		}
		return errors.Join(sink.Put(context.Background(), event), sink.Close())
	}()
	if err != nil {
		return sinkReply{Fault: err.Error()}
	}
	return sinkReply{}
}
