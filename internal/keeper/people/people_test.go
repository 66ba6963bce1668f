package people_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/keeper/people"
	"github.com/privyseal/privyseal/nostr"
)

var now = time.Unix(1_790_000_000, 0)

const me = "identity"

func key(n int) nostr.PubKey { return nostr.PubKey{byte(n >> 8), byte(n), 1} }

func profile(pk nostr.PubKey, ago time.Duration, content string) *nostr.Event {
	return &nostr.Event{PubKey: pk, CreatedAt: now.Add(-ago).Unix(), Content: content}
}

func TestNames(t *testing.T) {
	b := people.New()
	bea, tom := key(1), key(2)
	b.Profile(profile(bea, time.Hour, `{"name":" Bea the Great ","display_name":"B"}`))
	b.Profile(profile(tom, time.Hour, `{"display_name":"Tom"}`))
	b.Profile(profile(tom, 2*time.Hour, `{"name":"an older name"}`))
	names, err := people.ParseNames("Bea=" + bea.Npub())
	if err != nil {
		t.Fatal(err)
	}
	if b.Name(bea) != "Bea the Great" || b.Petname(bea) || b.Name(tom) != "Tom" {
		t.Fatalf("%q, %q", b.Name(bea), b.Name(tom))
	}
	b.Give(names)
	if b.Name(bea) != "Bea" || !b.Petname(bea) || b.Petname(tom) || b.Name(key(3)) != "" {
		t.Fatalf("%q, %v", b.Name(bea), b.Petname(bea))
	}
}

func TestParseNames(t *testing.T) {
	npub := key(1).Npub()
	for _, s := range []string{"", " , ", "Bea=" + npub + ", Tom Jones = " + key(2).String()} {
		if _, err := people.ParseNames(s); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
	for _, s := range []string{"Bea", "=" + npub, "Bea=", "Bea=npub1xyz", "B\x1bea=" + npub, strings.Repeat("x", 65) + "=" + npub} {
		if _, err := people.ParseNames(s); privyseal.KindOf(err) != privyseal.KindInvalid {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestFollows(t *testing.T) {
	b := people.New()
	list := &nostr.Event{ID: nostr.ID{1}, Tags: nostr.Tags{{"p", key(1).String()}, {"p", key(2).String()}, {"p"}, {"p", "x"}, {"t", key(3).String()}}}
	b.Follows(me, list)
	if !b.Followed(me, key(1)) || b.Followed(me, key(3)) || b.Followed("another", key(1)) {
		t.Fatal("followed")
	}
	if got := b.Unknown(me, 10); len(got) != 2 || len(b.Unknown(me, 1)) != 1 {
		t.Fatalf("unknown: %v", got)
	}
	b.Profile(profile(key(1), 0, `{"name":"Bea"}`))
	if got := fmt.Sprint(b.Unknown(me, 10)); got != fmt.Sprint([]nostr.PubKey{key(2)}) {
		t.Fatalf("unknown: %v", got)
	}
	if !b.Namesake(me, key(9), " bEA ") || b.Namesake(me, key(1), "Bea") || b.Namesake("another", key(9), "Bea") || b.Namesake(me, key(9), "") {
		t.Fatal("namesakes")
	}
	b.Forget(me)
	if b.Followed(me, key(1)) {
		t.Fatal("not forgotten")
	}
}

// Tips to a wallet that is there for a week are to be had without a warning; to
// one that is new, or nobody knows, they are not.
func TestWalletChanged(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		said []*nostr.Event
		want bool
	}{
		"a stranger":             {nil, true},
		"said long ago":          {[]*nostr.Event{profile(key(1), 8*day, `{"lud16":"a@x"}`)}, false},
		"said lately, unknown":   {[]*nostr.Event{profile(key(1), day, `{"lud16":"a@x"}`)}, true},
		"said anew, the same":    {[]*nostr.Event{profile(key(1), 9*day, `{"lud16":"a@x"}`), profile(key(1), day, `{"lud16":"a@x","name":"A"}`)}, false},
		"said anew, another":     {[]*nostr.Event{profile(key(1), 9*day, `{"lud16":"a@x"}`), profile(key(1), day, `{"lud16":"b@x"}`)}, true},
		"an older one comes":     {[]*nostr.Event{profile(key(1), 8*day, `{"lud16":"a@x"}`), profile(key(1), 9*day, `{"lud16":"b@x"}`)}, false},
		"changed there and back": {[]*nostr.Event{profile(key(1), 9*day, `{"lud16":"a@x"}`), profile(key(1), 2*day, `{"lud16":"b@x"}`), profile(key(1), day, `{"lud16":"a@x"}`)}, true},
	} {
		b := people.New()
		for _, e := range c.said {
			b.Profile(e)
		}
		if got := b.WalletChanged(key(1), now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestProfilesAreBounded(t *testing.T) {
	b := people.New()
	for i := range 12_000 {
		b.Profile(profile(key(i), 0, `{"name":"x"}`))
	}
	known := 0
	for i := range 12_000 {
		if b.Known(key(i)) {
			known++
		}
	}
	if known > 5000 || !b.Known(key(11_999)) {
		t.Fatalf("%d are known", known)
	}
}
