package relay

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// A flood from one connection delays no other (T6, T68).
func TestWritersTakeTurns(t *testing.T) {
	q := newQueue(100, 1<<20)
	flood, honest := new(session), new(session)
	n := 0
	for q.push(message{body: []byte("junk"), by: flood}) {
		n++
	}
	if n != 50 {
		t.Errorf("one writer had %d of 100 places", n)
	}
	if !q.push(message{body: []byte("mine"), by: honest}) {
		t.Fatal("no room for another writer")
	}
	for i := range 2 {
		if m, ok, _ := q.pop(); !ok || i == 1 && string(m.body) != "mine" {
			t.Fatalf("message %d is %q", i, m.body)
		}
	}
}

// Whatever is pushed comes out once, each writer's in order; without writers it
// is a plain queue.
func TestQueueKeepsEachWritersOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		writers := []*session{nil, new(session), new(session)}
		q := newQueue(40, 400)
		waiting, bytes, n := map[*session][]string{}, 0, 0
		t.Repeat(map[string]func(*rapid.T){
			"push": func(t *rapid.T) {
				by := rapid.SampledFrom(writers).Draw(t, "by")
				n++
				m := message{head: make([]byte, rapid.IntRange(0, 30).Draw(t, "size")), body: fmt.Append(nil, n), by: by}
				if q.push(m) {
					waiting[by] = append(waiting[by], string(m.body))
					bytes += m.size()
				} else if by == nil && bytes+m.size() <= 400 && len(waiting[nil])+len(waiting[writers[1]])+len(waiting[writers[2]]) < 40 {
					t.Fatal("refused although there is room")
				}
			},
			"pop": func(t *rapid.T) {
				m, ok, _ := q.pop()
				list := waiting[m.by]
				if !ok {
					for by, list := range waiting {
						if len(list) > 0 {
							t.Fatalf("lost %v of %p", list, by)
						}
					}
					return
				}
				if len(list) == 0 || list[0] != string(m.body) {
					t.Fatalf("popped %s, waiting %v", m.body, list)
				}
				waiting[m.by] = list[1:]
				bytes -= m.size()
			},
			"": func(t *rapid.T) {
				count, room := q.room()
				if bytes != 400-room || count != 40-len(waiting[nil])-len(waiting[writers[1]])-len(waiting[writers[2]]) {
					t.Fatalf("room %d, %d bytes", count, room)
				}
				if len(q.strands) > 2 {
					t.Fatal("a strand was left behind")
				}
			},
		})
	})
}
