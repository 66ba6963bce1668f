// Package peer lets a test drive a Go library: one JSON request a line on
// standard input, one JSON answer a line on standard output. It decides nothing
// and checks nothing.
package peer

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"
)

// limit ends a call that the library itself would wait for without end.
const limit = 9 * time.Second

// Call is one method of a peer; its arguments are strings.
type Call func(ctx context.Context, args []string) (any, error)

type request struct {
	ID   int      `json:"id"`
	Call string   `json:"call"`
	Args []string `json:"args"`
}

type answer struct {
	ID     int    `json:"id"`
	Result any    `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}

// Serve answers calls, all of them at once, until in ends.
func Serve(in io.Reader, out io.Writer, calls map[string]Call) error {
	var mu sync.Mutex
	enc := json.NewEncoder(out)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return err
		}
		go func() {
			a := answer{ID: r.ID}
			result, err := run(calls, r)
			if a.Result = result; err != nil {
				a.Error = err.Error()
			}
			mu.Lock()
			defer mu.Unlock()
			enc.Encode(a)
		}()
	}
	return lines.Err()
}

func run(calls map[string]Call, r request) (any, error) {
	call, ok := calls[r.Call]
	if !ok {
		return nil, fmt.Errorf("this peer has no call %q", r.Call)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return call(ctx, r.Args)
}
