package control_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// serve runs a server with this handler; the client talks to it over the seam.
func serve(t *testing.T, h control.Handler) (*control.Client, <-chan error) {
	t.Helper()
	a, b := pipe(t)
	done := make(chan error, 1)
	go func() { done <- control.ServeCalls(t.Context(), control.NewConn(b), control.CommandLine, h) }()
	c := control.NewClient(a)
	t.Cleanup(func() { _ = c.Close() })
	return c, done
}

func pipe(t *testing.T) (a, b io.ReadWriteCloser) {
	t.Helper()
	a, b, err := control.Pair()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = a.Close(), b.Close() })
	return a, b
}

func echo(_ context.Context, rights control.Rights, verb string, args json.RawMessage, more func(any) error) (any, error) {
	switch verb {
	case "echo":
		return args, nil
	case "nothing":
		return nil, nil
	case "rights":
		return rights, nil
	case "denied":
		return nil, privyseal.E(privyseal.KindDenied, "no", "ask somebody else")
	case "broken":
		return nil, errors.New("disk on fire")
	case "unspeakable":
		return make(chan int), nil
	case "count":
		var n int
		if err := json.Unmarshal(args, &n); err != nil {
			return nil, err
		}
		for i := range n {
			if err := more(i); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}
	return nil, privyseal.E(privyseal.KindUnsupported, "unknown", "")
}

func TestCalls(t *testing.T) {
	c, _ := serve(t, echo)
	ctx := t.Context()
	if got, err := control.Do[[]string](ctx, c, "echo", []string{"a", "é\x00"}); err != nil || len(got) != 2 || got[1] != "é\x00" {
		t.Fatalf("%q, %v", got, err)
	}
	if got, err := control.Do[control.Rights](ctx, c, "rights", nil); err != nil || got != control.CommandLine {
		t.Fatalf("%v, %v", got, err)
	}
	if got, err := control.Do[*int](ctx, c, "nothing", nil); err != nil || got != nil {
		t.Fatalf("%v, %v", got, err)
	}
	for verb, want := range map[string]control.CallError{
		"denied":   {Kind: "denied", Msg: "no", Hint: "ask somebody else"},
		"nonsense": {Kind: "unsupported", Msg: "unknown"},
		"broken":   {Kind: "internal", Msg: "something went wrong inside: disk on fire"},
	} {
		_, err := control.Do[string](ctx, c, verb, nil)
		if got, ok := errors.AsType[*control.CallError](err); !ok || *got != want {
			t.Fatalf("%s: %v", verb, err)
		}
	}
	if _, err := control.Do[string](ctx, c, "unspeakable", nil); err == nil || !strings.Contains(err.Error(), "inside") {
		t.Fatalf("a result that is no JSON: %v", err)
	}
	if _, err := control.Do[string](ctx, c, "echo", make(chan int)); err == nil {
		t.Fatal("arguments that are no JSON were sent")
	}
}

func TestCallsAtTheSameTime(t *testing.T) {
	c, _ := serve(t, echo)
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			for j := range 50 {
				want := fmt.Sprint(i, "/", j, strings.Repeat("x", j*100))
				if got, err := control.Do[string](t.Context(), c, "echo", want); err != nil || got != want {
					t.Errorf("%q, %v", got, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestStreams(t *testing.T) {
	c, _ := serve(t, echo)
	next := 0
	err := c.Stream(t.Context(), "count", 1000, func(raw json.RawMessage) error {
		if string(raw) != fmt.Sprint(next) {
			return fmt.Errorf("got %s, want %d", raw, next)
		}
		next++
		return nil
	})
	if err != nil || next != 1000 {
		t.Fatalf("%d results, %v", next, err)
	}
	stop := errors.New("enough")
	if err := c.Stream(t.Context(), "count", 1000, func(json.RawMessage) error { return stop }); !errors.Is(err, stop) {
		t.Fatalf("%v", err)
	}
	if got, err := control.Do[string](t.Context(), c, "echo", "still there"); err != nil || got != "still there" {
		t.Fatalf("%q, %v", got, err)
	}
}

// waiter is a handler whose calls wait until they are cancelled.
func waiter() (h control.Handler, began, ended chan string) {
	began, ended = make(chan string, 100), make(chan string, 100)
	return func(ctx context.Context, _ control.Rights, verb string, _ json.RawMessage, _ func(any) error) (any, error) {
		began <- verb
		<-ctx.Done()
		ended <- verb
		return nil, ctx.Err()
	}, began, ended
}

func TestCancel(t *testing.T) {
	h, began, ended := waiter()
	c, _ := serve(t, h)
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	go func() { failed <- c.Stream(ctx, "one", nil, func(json.RawMessage) error { return nil }) }()
	<-began
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if got := <-ended; got != "one" {
		t.Fatalf("%s was cancelled", got)
	}
}

func TestStoppingEachAbandonsTheCall(t *testing.T) {
	release := make(chan struct{})
	ended := make(chan error, 1)
	c, _ := serve(t, func(ctx context.Context, _ control.Rights, _ string, _ json.RawMessage, more func(any) error) (any, error) {
		if err := more("first"); err != nil {
			return nil, err
		}
		select {
		case <-ctx.Done():
		case <-release:
		}
		ended <- ctx.Err()
		return nil, nil
	})
	stop := errors.New("enough")
	if err := c.Stream(t.Context(), "watch", nil, func(json.RawMessage) error { return stop }); !errors.Is(err, stop) {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatal("the server went on with a call nobody listens to")
	}
}

func TestTheSignerStops(t *testing.T) {
	h, began, ended := waiter()
	a, b := pipe(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- control.ServeCalls(ctx, control.NewConn(b), control.CommandLine, h) }()
	c := control.NewClient(a)
	failed := make(chan error, 1)
	go func() {
		_, err := control.Do[string](t.Context(), c, "one", nil)
		failed <- err
	}()
	<-began
	stop()
	if err := <-failed; err == nil {
		t.Fatal("a call without an answer succeeded")
	}
	<-ended
	if err := <-done; err == nil {
		t.Fatal("the server ended without a reason")
	}
	if _, err := control.Do[string](t.Context(), c, "two", nil); !errors.Is(err, control.ErrGone) {
		t.Fatalf("a call to nobody: %v", err)
	}
}

func TestTheClientGoes(t *testing.T) {
	h, began, ended := waiter()
	c, done := serve(t, h)
	go func() { _, _ = control.Do[string](t.Context(), c, "one", nil) }()
	<-began
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	<-ended
	if err := <-done; err == nil {
		t.Fatal("the server goes on without a client")
	}
}

func TestTooManyCalls(t *testing.T) {
	h, began, _ := waiter()
	a, b := pipe(t)
	done := make(chan error, 1)
	go func() { done <- control.ServeCalls(t.Context(), control.NewConn(b), control.CommandLine, h) }()
	conn := control.NewConn(a)
	for id := range uint64(64) {
		if err := conn.Send(&control.Call{ID: id, Verb: "wait"}); err != nil {
			t.Fatal(err)
		}
		<-began
	}
	if err := conn.Send(&control.Call{ID: 64, Verb: "wait"}); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err == nil || !strings.Contains(err.Error(), "too many") {
		t.Fatal(err)
	}
}

func TestWhatIsNoCallEndsTheConnection(t *testing.T) {
	for name, send := range map[string][]control.Message{
		"another message": {&control.Live{}},
		"the same id":     {&control.Call{ID: 1, Verb: "wait"}, &control.Call{ID: 1, Verb: "wait"}},
	} {
		t.Run(name, func(t *testing.T) {
			h, _, _ := waiter()
			a, b := pipe(t)
			done := make(chan error, 1)
			go func() { done <- control.ServeCalls(t.Context(), control.NewConn(b), control.CommandLine, h) }()
			conn := control.NewConn(a)
			for _, m := range send {
				if err := conn.Send(m); err != nil {
					t.Fatal(err)
				}
			}
			if err := <-done; err == nil {
				t.Fatal("it goes on")
			}
		})
	}
}

func TestMessagesOfManySenders(t *testing.T) {
	a, b := pipe(t)
	from, to := control.NewConn(a), control.NewConn(b)
	const senders, each = 16, 200
	for i := range senders {
		go func() {
			for j := range each {
				if from.Send(&control.Publish{Items: []control.Outbound{{Ref: uint64(i*each + j), Event: make([]byte, j)}}}) != nil {
					return
				}
			}
		}()
	}
	next := map[uint64]uint64{}
	for range senders * each {
		m, err := to.Recv()
		if err != nil {
			t.Fatal(err)
		}
		ref := m.(*control.Publish).Items[0].Ref
		if ref%each != next[ref/each] {
			t.Fatalf("sender %d: message %d came before %d", ref/each, ref%each, next[ref/each])
		}
		next[ref/each]++
	}
}
