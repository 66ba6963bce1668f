package relay

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
)

// Whoever pushed flushes, or somebody else who is at it: nothing that was queued
// at the moment somebody ended writing is left, and nothing is written twice.
func TestNothingQueuedIsLeft(t *testing.T) {
	const writers, each = 8, 5000
	q := newOutgoing(writers*each, 1<<30)
	if q.claim() {
		t.Fatal("a connection that is not open was written to")
	}
	if q.release() != idle {
		t.Fatal("something waits at the start")
	}
	var written bytes.Buffer // guarded by the claim
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				if !q.push(message{body: fmt.Appendf(nil, "%d %d", w, i)}) {
					t.Error("no room")
				}
				if q.claim() {
					for more := waiting; more == waiting; more = q.release() {
						written.Write(q.take(nil))
					}
				}
			}
		})
	}
	all.Wait()
	next, in := [writers]int{}, bufio.NewReader(&written)
	for range writers * each {
		var w, i int
		if _, err := fmt.Sscan(string(readFrame(t, in, finalText)), &w, &i); err != nil {
			t.Fatal(err)
		}
		if i != next[w] {
			t.Fatalf("message %d of writer %d came for %d", i, w, next[w])
		}
		next[w]++
	}
	if written.Len()+in.Buffered() > 0 {
		t.Fatal("more was written than was queued")
	}
	if q.end(); !q.claim() || q.release() != over {
		t.Fatal("a queue that ended is not over")
	}
}

// readFrame reads one frame as a client does.
func readFrame(t *testing.T, r *bufio.Reader, first byte) []byte {
	t.Helper()
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		t.Fatal(err)
	}
	if head[0] != first {
		t.Fatalf("a frame begins with %#x, not %#x", head[0], first)
	}
	n := uint64(head[1])
	var long [8]byte
	switch n {
	case 126:
		io.ReadFull(r, long[6:])
		n = binary.BigEndian.Uint64(long[:])
	case 127:
		io.ReadFull(r, long[:])
		n = binary.BigEndian.Uint64(long[:])
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		t.Fatal(err)
	}
	return body
}

// tcp is a connected pair.
func tcp(t *testing.T) (ours, theirs net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if theirs, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if ours, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ours.Close(); theirs.Close() })
	return ours, theirs
}

// What the network does not take at once follows, before anything else: the
// library's pong does not fall into a frame of ours that was begun. After a close
// frame nothing of ours is written.
func TestFramesStayWhole(t *testing.T) {
	ours, theirs := tcp(t)
	s := newSocket(ours, nil)
	if !s.plain() {
		t.Log("this system's sockets are only waited for")
	}
	body := func(i int) []byte { return append(fmt.Appendf(nil, "%d", i), bytes.Repeat([]byte("x"), i%5*70_000)...) }
	n := 0
	var left []byte
	for done := s.plain(); done; n++ {
		var err error
		if left, done, err = s.try(appendFrame(nil, message{head: body(n), body: nil})); err != nil {
			t.Fatal(err)
		}
	}
	if s.plain() && len(left) == 0 {
		// The last was begun; another is not, until that one has ended.
		more, done, err := s.try([]byte("another"))
		if string(more) != "another" || done || err != nil {
			t.Fatal(string(more), done, err)
		}
	}
	ended := make(chan error, 1)
	go func() {
		_, pong := s.Write([]byte{0x8a, 0})
		rest := s.write(left)
		_, shut := s.Write([]byte{0x88, 0})
		ended <- errors.Join(pong, rest, shut)
	}()
	in := bufio.NewReader(theirs)
	for i := range n {
		if i == n-1 && len(left) > 0 { // of this one nothing had been written
			readFrame(t, in, 0x8a)
		}
		if got := readFrame(t, in, finalText); !bytes.Equal(got, body(i)) {
			t.Fatalf("frame %d has %d bytes", i, len(got))
		}
	}
	if len(left) == 0 {
		readFrame(t, in, 0x8a)
	}
	readFrame(t, in, 0x88)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if err := s.write([]byte("late")); !errors.Is(err, net.ErrClosed) {
		t.Fatal(err)
	}
	if !s.plain() {
		return
	}
	if _, done, err := s.try([]byte("late")); done || !errors.Is(err, net.ErrClosed) {
		t.Fatal(done, err)
	}
}

// A socket gives what came with the handshake first, then what comes, and asks
// for it only when all was given.
func TestSocketReads(t *testing.T) {
	ours, theirs := tcp(t)
	s := newSocket(ours, []byte("early "))
	var got []byte
	asked := 0
	s.await = func() { asked++ }
	text := bytes.Repeat([]byte("0123456789"), 5000)
	go func() {
		theirs.Write(text)
		theirs.Close()
	}()
	for p := make([]byte, 7); ; {
		if len(s.rest) > 0 && asked > 0 && len(got) == 0 {
			t.Fatal("asked for more than was given")
		}
		n, err := s.Read(p)
		got = append(got, p[:n]...)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if string(got) != "early "+string(text) {
		t.Fatalf("%d bytes, %.20q", len(got), got)
	}
	if most := len(text)/7 + 2; asked < 2 || asked > most/2 {
		t.Fatalf("asked %d times for %d reads", asked, most)
	}
	if s.chunk != nil {
		t.Fatal("a buffer was kept")
	}
}
