package herald

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal/nostr"
)

var (
	at   = time.Unix(1_800_000_000, 0)
	wish = Wish{Page: "https://seal.example/connect?uri=<nostrconnect>", Name: "seal.example", Relays: []string{"wss://seal.example"}}
)

func keypair(t *testing.T) nostr.Keypair {
	t.Helper()
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	key, err := sk.Keypair()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// say signs what has to be said and takes it up.
func say(t *testing.T, told *Told, w Wish, key nostr.Keypair, now time.Time) (events []*nostr.Event) {
	t.Helper()
	for _, tm := range told.Templates(w, key.PublicKey(), now) {
		e, err := tm.Sign(key, false)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	told.Say(w, events)
	return events
}

func TestAnnouncement(t *testing.T) {
	key, told := keypair(t), Told{}
	if told.Owed([]string{"a"}, at) != nil || !told.Holds(Wish{}) || told.Holds(wish) {
		t.Fatal("something is said before there is something to say")
	}
	events := say(t, &told, wish, key, at)
	want := nostr.Tags{{"d", "privyseal"}, {"k", "24133"}, {"relay", "wss://seal.example"}, {"nostrconnect_url", wish.Page}}
	var about map[string]string
	if len(events) != 1 || events[0].Kind != 31990 || !slices.EqualFunc(events[0].Tags, want, slices.Equal) ||
		json.Unmarshal([]byte(events[0].Content), &about) != nil || about["nip05"] != "_@seal.example" {
		t.Fatalf("%s", events[0].AppendJSON(nil))
	}
	if !slices.Equal(told.Owed([]string{"b", "a"}, at), []string{"a", "b"}) {
		t.Fatal("not everybody is told")
	}
	told.Said("a", true, true, "", at)
	told.Said("b", false, true, "blocked: kind", at)
	if told.Owed([]string{"a", "b"}, at.Add(refusedFor-time.Second)) != nil {
		t.Fatal("who said no is asked again at once")
	}
	if !slices.Equal(told.Owed([]string{"a", "b", "c"}, at.Add(refusedFor)), []string{"b", "c"}) {
		t.Fatal("a new relay is not told")
	}
	told.Said("c", false, false, "no answer", at)

	// Kept and read again, it goes on.
	raw, err := json.Marshal(told)
	if err != nil {
		t.Fatal(err)
	}
	told = Told{}
	if err := json.Unmarshal(raw, &told); err != nil {
		t.Fatal(err)
	}
	if !told.Holds(wish) || !slices.Equal(told.Owed(nil, at.Add(unreachedFor)), []string{"c"}) {
		t.Fatalf("%+v", told)
	}
}

func TestWithdrawal(t *testing.T) {
	key, told := keypair(t), Told{}
	before := say(t, &told, wish, key, at)[0]
	told.Owed([]string{"a", "b"}, at)
	told.Said("a", true, true, "", at)
	events := say(t, &told, Wish{}, key, at)
	if len(events) != 2 || events[0].Kind != 31990 || events[0].CreatedAt <= before.CreatedAt || events[0].Tags.TagValue("k") != "" ||
		events[1].Kind != 5 || events[1].CreatedAt < events[0].CreatedAt || events[1].Tags.TagValue("a") != "31990:"+nostr.PubKey(key.PublicKey()).String()+":privyseal" {
		t.Fatalf("%s %s", events[0].AppendJSON(nil), events[1].AppendJSON(nil))
	}
	if !slices.Equal(told.Owed([]string{"c"}, at), []string{"a", "b"}) {
		t.Fatal("who may have heard is to be told, and nobody else")
	}
	told.Said("a", true, true, "", at)
	if told.Owed(nil, at.Add(oweFor+time.Minute)) != nil {
		t.Fatal("a relay is bothered for ever")
	}
}

// Whatever happens, each version is later than the last, and who said yes to it
// is left alone.
func TestTellingAlways(t *testing.T) {
	key := keypair(t)
	rapid.Check(t, func(r *rapid.T) {
		told, now, last := Told{}, at, int64(0)
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(-3600, 90_000).Draw(r, "s")) * time.Second)
			w := rapid.SampledFrom([]Wish{{}, wish, {Page: wish.Page, Name: wish.Name}}).Draw(r, "wish")
			if !told.Holds(w) {
				for _, e := range say(t, &told, w, key, now) {
					if e.CreatedAt <= last {
						r.Fatal("an older version is said after a newer one")
					}
				}
				last = told.Stamp
			}
			for _, u := range told.Owed([]string{"a", "b"}, now) {
				if told.Places[u].Has {
					r.Fatal("who has it is told again")
				}
				told.Said(u, rapid.Bool().Draw(r, "ok"), rapid.Bool().Draw(r, "reached"), "", now)
			}
		}
	})
}
