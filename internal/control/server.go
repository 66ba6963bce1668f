package control

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"github.com/privyseal/privyseal"
)

// Rights is what a connection may do. The zero value may do nothing.
type Rights uint8

// The rights of connections (design decision 11).
const (
	NoRights    Rights = iota
	CommandLine        // the owner's socket: everything
	Front              // look, and answer L0–L2 within a live person's session
)

// Handler answers one call. It may send results before its last one with more.
type Handler func(ctx context.Context, rights Rights, verb string, args json.RawMessage, more func(any) error) (any, error)

// maxCalls bounds the calls under way on one connection.
const maxCalls = 64

// ServeCalls answers the calls on a connection until it ends. Other messages
// end it.
func ServeCalls(ctx context.Context, conn *Conn, rights Rights, h Handler) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	unhook := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer unhook()
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		open = map[uint64]context.CancelFunc{}
	)
	defer wg.Wait()
	defer stop()
	for {
		m, err := conn.Recv()
		if err != nil {
			return err
		}
		switch m := m.(type) {
		case *Cancel:
			mu.Lock()
			if cancel := open[m.ID]; cancel != nil {
				cancel()
			}
			mu.Unlock()
		case *Call:
			cctx, cancel := context.WithCancel(ctx)
			mu.Lock()
			full := len(open) >= maxCalls || open[m.ID] != nil
			if !full {
				open[m.ID] = cancel
			}
			mu.Unlock()
			if full {
				cancel()
				return errors.New("control: too many calls at once")
			}
			wg.Go(func() {
				_ = conn.Send(answer(cctx, conn, rights, h, m))
				mu.Lock()
				delete(open, m.ID)
				mu.Unlock()
				cancel()
			})
		default:
			return ErrFrameType
		}
	}
}

func answer(ctx context.Context, conn *Conn, rights Rights, h Handler, call *Call) *Reply {
	more := func(v any) error {
		raw, err := json.Marshal(v)
		if err != nil {
			return err
		}
		return conn.Send(&Reply{ID: call.ID, Result: raw, More: true})
	}
	v, err := h(ctx, rights, call.Verb, call.Args, more)
	if err != nil {
		return &Reply{ID: call.ID, Error: asCallError(err)}
	}
	if v == nil {
		return &Reply{ID: call.ID}
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return &Reply{ID: call.ID, Error: asCallError(err)}
	}
	return &Reply{ID: call.ID, Result: raw}
}

func asCallError(err error) *CallError {
	if e, ok := errors.AsType[*privyseal.Error](err); ok {
		return &CallError{Kind: string(e.Kind), Msg: e.Msg, Hint: e.Hint}
	}
	if errors.Is(err, context.Canceled) {
		return &CallError{Kind: string(privyseal.KindExpired), Msg: "cancelled"}
	}
	return &CallError{Kind: string(privyseal.KindInternal), Msg: "something went wrong inside: " + err.Error()}
}
