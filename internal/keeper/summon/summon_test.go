package summon

import (
	"strconv"
	"testing"
	"time"
)

func TestACodeWorksOnceAndForATime(t *testing.T) {
	var b Book
	now := time.Unix(1_700_000_000, 0)
	ends := now.Add(2 * time.Minute)
	code := b.Make(Request{"app", "1"}, "question", ends, now)
	if code == "" || b.Make(Request{"app", "1"}, "question", ends, now) != "" {
		t.Fatal("a request gets one code")
	}
	if other := b.Make(Request{"other", "1"}, "its", ends, now); other == "" || other == code {
		t.Fatal("another app's request of the same name gets its own")
	}
	if _, ok := b.Take("", now); ok {
		t.Error("no code leads somewhere")
	}
	if q, ok := b.Peek(code, now); !ok || q != "question" {
		t.Errorf("peek: %q %v", q, ok)
	}
	if _, ok := b.Peek(code, ends); ok {
		t.Error("a late peek leads somewhere")
	}
	if q, ok := b.Take(code, ends.Add(-time.Second)); !ok || q != "question" {
		t.Errorf("take: %q %v", q, ok)
	}
	if _, ok := b.Take(code, now); ok {
		t.Error("a code works twice")
	}
	late := b.Make(Request{"app", "2"}, "question", ends, now)
	if _, ok := b.Take(late, ends); ok {
		t.Error("a code works after its question's end")
	}
	if b.Make(Request{"app", "3"}, "question", now, now) != "" {
		t.Error("a question that is over gets a code")
	}
	if b.Make(Request{"app", "1"}, "again", ends.Add(time.Minute), ends) == "" {
		t.Error("a request's name is taken for good")
	}
}

func TestCodesAreBounded(t *testing.T) {
	var b Book
	now := time.Unix(1_700_000_000, 0)
	for i := range maxOpen {
		if b.Make(Request{"app", strconv.Itoa(i)}, "q", now.Add(time.Minute), now) == "" {
			t.Fatal("no room", i)
		}
	}
	if b.Make(Request{"app", "more"}, "q", now.Add(time.Minute), now) != "" {
		t.Error("there is always room")
	}
	if b.Make(Request{"app", "more"}, "q", now.Add(3*time.Minute), now.Add(time.Minute)) == "" {
		t.Error("room does not come back")
	}
}
