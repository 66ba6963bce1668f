package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/audit"
	"github.com/privyseal/privyseal/internal/store"
)

const crashDir = "PRIVYSEAL_TEST_CRASH_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		writeUntilKilled(dir)
	}
	os.Exit(m.Run())
}

// writeUntilKilled appends records from several callers and prints each
// acknowledged sequence number.
func writeUntilKilled(dir string) {
	s, err := Open(context.Background(), dir, Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var out sync.Mutex
	for range 8 {
		go func() {
			for {
				var seq uint64
				if err := s.Update(context.Background(), func(tx store.Tx) error {
					r, err := tx.AppendRecord(privyseal.Record{Phase: privyseal.PhaseNote})
					seq = r.Seq
					return err
				}); err != nil {
					fmt.Println(err)
					os.Exit(1)
				}
				s.Later(func(tx store.Tx) error { return tx.SetSetting("last", strconv.FormatUint(seq, 10)) })
				out.Lock()
				fmt.Println(seq)
				out.Unlock()
			}
		}()
	}
	select {}
}

// TestCrash kills a writing process at random points: whatever it acknowledged
// is there, and the chain holds.
func TestCrash(t *testing.T) {
	dir := t.TempDir()
	var last uint64
	for round := range 10 {
		acknowledged := crash(t, dir, 1+rand.IntN(200))
		s := openDir(t, dir)
		head := verify(t, s)
		if head.Seq < acknowledged || head.Seq < last {
			t.Fatalf("round %d: %d was acknowledged, the chain ends at %d", round, acknowledged, head.Seq)
		}
		last = head.Seq
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// crash runs a writer in dir, kills it after n acknowledgements and some random
// time, and answers the highest number it acknowledged.
func crash(t *testing.T, dir string, n int) (acknowledged uint64) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for i := 0; lines.Scan(); i++ {
		seq, err := strconv.ParseUint(lines.Text(), 10, 64)
		if err != nil {
			t.Fatalf("the child said %q", lines.Text())
		}
		acknowledged = max(acknowledged, seq)
		if i == n {
			time.AfterFunc(rand.N(3*time.Millisecond), func() { cmd.Process.Kill() })
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
	return acknowledged
}

type viewer interface {
	View(context.Context, func(store.Reader) error) error
}

// verify checks the whole chain and answers its head.
func verify(t *testing.T, s viewer) (head store.Head) {
	t.Helper()
	if found := findings(t, s); len(found) > 0 {
		t.Fatalf("the chain is broken: %v", found)
	}
	if err := s.View(t.Context(), func(r store.Reader) (err error) {
		head, err = r.Head()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return head
}

// findings is what a verifier says of the whole chain.
func findings(t *testing.T, s viewer) (found []audit.Finding) {
	t.Helper()
	v := audit.NewVerifier(audit.Head{}, nil)
	if err := s.View(t.Context(), func(r store.Reader) error {
		if err := r.EachRecord(0, func(rec privyseal.Record) error { v.Add(rec); return nil }); err != nil {
			return err
		}
		head, err := r.Head()
		found, _ = v.Finish(head)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return found
}
