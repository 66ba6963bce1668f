package customs_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/keeper/customs"
)

var now = time.Unix(1_790_000_000, 0)

func TestRecent(t *testing.T) {
	var b customs.Book
	for i := range 100 {
		b.Did("notes", 1, now.Add(time.Duration(i)*time.Minute))
	}
	b.Did("notes", 7, now)
	b.Did("other", 1, now)
	at := now.Add(100 * time.Minute)
	for within, want := range map[time.Duration]int{time.Minute: 0, 2 * time.Minute: 1, time.Hour: 59, 24 * time.Hour: 64} {
		if got := b.Recent("notes", 1, within, at); got != want {
			t.Errorf("within %v: %d, want %d", within, got, want)
		}
	}
	if got := b.Recent("nobody", 1, time.Hour, at); got != 0 {
		t.Errorf("an app that did nothing: %d", got)
	}
}

// However many apps and kinds there are, what is old goes.
func TestPacesAreBounded(t *testing.T) {
	var b customs.Book
	for i := range 5000 {
		b.Did(fmt.Sprint("app ", i), 1, now)
	}
	b.Did("late", 1, now.Add(25*time.Hour))
	if n := b.Recent("app 1", 1, 48*time.Hour, now.Add(25*time.Hour)); n != 0 {
		t.Errorf("%d of a day ago", n)
	}
	if n := b.Recent("late", 1, time.Hour, now.Add(25*time.Hour)); n != 1 {
		t.Errorf("the latest: %d", n)
	}
}

func TestWhatIsKept(t *testing.T) {
	var b customs.Book
	b.Use("ana", []string{"a.example"}, "p0")
	if b.Knows("ana", "a.example") || b.Loaded("ana") {
		t.Error("known before it was loaded")
	}
	if err := b.Load("ana", nil); err != nil || !b.Loaded("ana") {
		t.Fatal(err)
	}
	b.Use("ana", []string{"a.example", "b.example"}, "p0")
	b.Use("ana", []string{"a.example"}, "")
	if !b.Knows("ana", "a.example") || !b.Voted("ana", "p0") || b.Knows("ana", "c.example") || b.Voted("ana", "p1") || b.Knows("bo", "a.example") {
		t.Error("not as used")
	}
	raw := b.Changed()
	if string(raw["ana"]) != `{"hosts":["b.example","a.example"],"polls":["p0"]}` || len(b.Changed()) != 0 {
		t.Errorf("%s", raw)
	}
	var again customs.Book
	if err := again.Load("ana", raw["ana"]); err != nil || !again.Knows("ana", "b.example") || !again.Voted("ana", "p0") {
		t.Error("lost", err)
	}
	if err := again.Load("bo", []byte("{")); err == nil || again.Loaded("bo") {
		t.Error("broken, yet loaded")
	}
	for i := range 600 {
		again.Use("ana", []string{fmt.Sprint(i)}, "")
	}
	if again.Knows("ana", "b.example") || !again.Knows("ana", "599") {
		t.Error("not the latest are kept")
	}
	again.Forget("ana")
	if again.Loaded("ana") {
		t.Error("not forgotten")
	}
}
