package heads_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/heads"
	"github.com/privyseal/privyseal/nostr"
)

func TestKept(t *testing.T) {
	for k, want := range map[nostr.Kind]bool{
		0: true, 3: true, 10000: true, 10002: true, 10102: true, 30000: true, 30023: true, 30024: true, 30030: true,
		30078: true, 31234: true, 39089: true, 39092: true,
		1: false, 7: false, 9999: false, 10103: false, 22242: false, 24133: false, 30031: false, 30315: false, 40000: false,
	} {
		if heads.Kept(k) != want {
			t.Errorf("kind %d: %v", k, !want)
		}
	}
	for _, f := range heads.General(nostr.PubKey{1}) {
		for _, k := range f.Kinds {
			if !heads.Kept(k) || k.IsAddressable() || !heads.InGeneral(k) {
				t.Errorf("kind %d is looked for", k)
			}
		}
	}
}

func TestSlotsAreApart(t *testing.T) {
	a, b := nostr.PubKey{1}, nostr.PubKey{2}
	seen := map[[32]byte]string{}
	for name, slot := range map[string][32]byte{
		"a 3": heads.Slot(a, 3, ""), "b 3": heads.Slot(b, 3, ""), "a 0": heads.Slot(a, 0, ""),
		"a app data": heads.Slot(a, 30078, ""), "a app data x": heads.Slot(a, 30078, "x"), "a set x": heads.Slot(a, 30000, "x"),
	} {
		if other := seen[slot]; other != "" {
			t.Errorf("%s is %s", name, other)
		}
		seen[slot] = name
	}
	if d := heads.D(3, nostr.Tags{{"d", "x"}}); d != "" {
		t.Errorf("a follow list has the d tag %q", d)
	}
	if d := heads.D(30078, nostr.Tags{{"e"}, {"d", "x"}, {"d", "y"}}); d != "x" {
		t.Errorf("the d tag is %q", d)
	}
}

func version(n int, stamp int64, signed bool, at time.Time) privyseal.Version {
	return privyseal.Version{Event: nostr.ID{byte(n)}, Kind: 3, Stamp: stamp, Signed: signed, At: at}
}

var noon = time.Unix(1_790_000_000, 0)

func TestCurrent(t *testing.T) {
	for name, c := range map[string]struct {
		all  []privyseal.Version
		want byte
	}{
		"the latest stamp":               {[]privyseal.Version{version(1, 5, false, noon), version(2, 9, false, noon), version(3, 7, true, noon)}, 2},
		"signed here, relays behind":     {[]privyseal.Version{version(1, 9, true, noon), version(2, 5, false, noon.Add(time.Hour))}, 1},
		"one second, one signed":         {[]privyseal.Version{version(1, 9, false, noon), version(2, 9, true, noon)}, 2},
		"one second, both signed":        {[]privyseal.Version{version(2, 9, true, noon.Add(time.Millisecond)), version(1, 9, true, noon)}, 2},
		"one second, both seen: NIP-01":  {[]privyseal.Version{version(7, 9, false, noon), version(3, 9, false, noon)}, 3},
		"an older one that is seen late": {[]privyseal.Version{version(1, 9, false, noon), version(2, 8, false, noon.Add(time.Hour))}, 1},
	} {
		got, ok := heads.Current(c.all)
		if !ok || got.Event[0] != c.want {
			t.Errorf("%s: %d", name, got.Event[0])
		}
		slices.Reverse(c.all)
		if got, _ := heads.Current(c.all); got.Event[0] != c.want {
			t.Errorf("%s, the other way round: %d", name, got.Event[0])
		}
	}
	if _, ok := heads.Current(nil); ok {
		t.Error("nothing is current")
	}
}

// However many small changes come, the last eight versions stay, and of each of
// the last thirty days the last.
func TestSurplusKeepsWhatWasThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []privyseal.Version
		for i, ago := range rapid.SliceOfN(rapid.IntRange(0, 60*24*60), 0, 80).Draw(t, "minutes ago") {
			at := noon.Add(-time.Duration(ago) * time.Minute)
			v := version(i, at.Unix(), rapid.Bool().Draw(t, "signed"), at)
			v.Event[1] = byte(i >> 8)
			all = append(all, v)
		}
		drop := heads.Surplus(all, noon)
		gone := map[nostr.ID]bool{}
		for _, v := range drop {
			gone[v.Event] = true
		}
		ordered := heads.Order(all)
		last := map[int64]privyseal.Version{}
		for i, v := range ordered {
			last[v.At.Unix()/86400] = v
			if len(ordered)-i <= 8 && gone[v.Event] {
				t.Fatalf("version %d of %d was dropped", i, len(ordered))
			}
		}
		for day, v := range last {
			if gone[v.Event] && noon.Sub(v.At) <= 30*24*time.Hour {
				t.Fatalf("the last version of day %d was dropped", day)
			}
		}
		left := slices.DeleteFunc(slices.Clone(all), func(v privyseal.Version) bool { return gone[v.Event] })
		if len(left) > 8+31 {
			t.Fatalf("%d versions are kept", len(left))
		}
		if again := heads.Surplus(left, noon); len(again) != 0 {
			t.Fatalf("dropping twice drops %d more", len(again))
		}
	})
	var scratch []privyseal.Version
	for i := range 20 {
		v := version(i, int64(i), true, noon.Add(-time.Duration(20-i)*24*time.Hour))
		v.Kind = 30078
		scratch = append(scratch, v)
	}
	if drop := heads.Surplus(scratch, noon); len(drop) != 12 {
		t.Errorf("%d of 20 versions of an app's data were dropped", len(drop))
	}
}

func TestBoundNamesEverything(t *testing.T) {
	base := privyseal.Version{Identity: "i", Kind: 3, App: "a", At: noon}
	seen := map[string]bool{heads.Bound(&base): true}
	for name, change := range map[string]func(*privyseal.Version){
		"identity": func(v *privyseal.Version) { v.Identity = "j" }, "slot": func(v *privyseal.Version) { v.Slot[0] = 1 },
		"kind": func(v *privyseal.Version) { v.Kind = 4 }, "event": func(v *privyseal.Version) { v.Event[0] = 1 },
		"stamp": func(v *privyseal.Version) { v.Stamp = 1 }, "signed": func(v *privyseal.Version) { v.Signed = true },
		"app": func(v *privyseal.Version) { v.App = "b" }, "at": func(v *privyseal.Version) { v.At = noon.Add(time.Millisecond) },
		"result": func(v *privyseal.Version) { v.Result[0] = 1 },
	} {
		v := base
		change(&v)
		if b := heads.Bound(&v); seen[b] {
			t.Errorf("a changed %s is not noticed", name)
		} else {
			seen[b] = true
		}
	}
}

func keypair(t *testing.T) nostr.Keypair {
	t.Helper()
	sk, err := nostr.ParseSecretKey(strings.Repeat("7", 64))
	if err != nil {
		t.Fatal(err)
	}
	kp, err := sk.Keypair()
	if err != nil {
		t.Fatal(err)
	}
	return kp
}

// What a relay brings is believed only if it is what was asked for, of the
// author, whole, and not from the future (T25).
func TestBelieved(t *testing.T) {
	kp := keypair(t)
	event := func(kind nostr.Kind, at int64, d string) *nostr.Event {
		e, err := (&nostr.Template{Kind: kind, CreatedAt: at, Tags: nostr.Tags{{"d", d}}}).Sign(kp, false)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	general, one := heads.General(kp.PublicKey()), heads.Only(kp.PublicKey(), 30078, "x")
	changed, resigned, foreign := *event(3, 5, ""), *event(3, 5, ""), *event(3, 5, "")
	changed.Content = "other"
	resigned.Sig[5] ^= 1
	foreign.PubKey = nostr.PubKey{9}
	for name, c := range map[string]struct {
		raw     []byte
		filters []nostr.Filter
		want    bool
	}{
		"a follow list":         {event(3, 5, "").AppendJSON(nil), general, true},
		"a little ahead":        {event(3, noon.Unix()+600, "").AppendJSON(nil), general, true},
		"from the future":       {event(3, noon.Unix()+3600, "").AppendJSON(nil), general, false},
		"another kind":          {event(1, 5, "").AppendJSON(nil), general, false},
		"content changed":       {changed.AppendJSON(nil), general, false},
		"signature changed":     {resigned.AppendJSON(nil), general, false},
		"another author":        {foreign.AppendJSON(nil), general, false},
		"the d tag":             {event(30078, 5, "x").AppendJSON(nil), one, true},
		"another d tag":         {event(30078, 5, "y").AppendJSON(nil), one, false},
		"no event":              {[]byte(`{"kind":3}`), general, false},
		"nothing was asked for": {event(3, 5, "").AppendJSON(nil), nil, false},
	} {
		if _, ok := heads.Believed(c.raw, c.filters, noon); ok != c.want {
			t.Errorf("%s: %v", name, ok)
		}
	}
}

func TestHome(t *testing.T) {
	list := &nostr.Event{Kind: 10002, Tags: nostr.Tags{
		{"r", "wss://Both.example/"}, {"r", "wss://write.example", "write"}, {"r", "wss://read.example", "read"},
		{"r"}, {"r", "not a relay"}, {"r", "wss://both.example"}, {"relay", "wss://other.example"},
	}}
	if got := fmt.Sprint(heads.Home(list)); got != "[wss://both.example wss://write.example]" {
		t.Error(got)
	}
	list.Tags = nil
	for i := range 20 {
		list.Tags = append(list.Tags, nostr.Tag{"r", fmt.Sprintf("wss://r%d.example", i)})
	}
	if n := len(heads.Home(list)); n != 6 {
		t.Errorf("%d relays", n)
	}
}

func look(n int, relays ...string) heads.Look {
	l := heads.Look{Thing: heads.Thing{Identity: "i", Slot: [32]byte{byte(n), byte(n >> 8)}}}
	for _, r := range relays {
		l.Relays = append(l.Relays, control.Place{URL: r})
	}
	return l
}

func over(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

func TestLedger(t *testing.T) {
	now := noon
	l := heads.NewLedger()
	k := look(1, "a", "b", "c")
	ref, done, send := l.Begin(k, now)
	if !send || done == nil {
		t.Fatal("a first look was not begun")
	}
	if _, again, send := l.Begin(k, now); send || again != done {
		t.Fatal("the same look twice")
	}
	if _, ok := l.Of(ref, "d"); ok {
		t.Fatal("a relay that was not asked")
	}
	l.Came(ref, "a", true, now)
	l.Came(ref, "a", true, now) // it cannot tell twice
	if _, ok := l.Of(ref, "a"); ok || over(done) {
		t.Fatal("over too soon")
	}
	l.Came(ref, "b", false, now)
	l.Came(ref, "c", true, now)
	if !over(done) || !l.Sound(k.Thing, now) {
		t.Fatal("two of three told, and it is not sound")
	}
	if _, done, send := l.Begin(k, now.Add(heads.Fresh-1)); send || done != nil {
		t.Fatal("looked again too soon")
	}
	if l.Sound(k.Thing, now.Add(heads.Fresh)) || l.Sound(k.Thing, now.Add(-time.Hour)) {
		t.Fatal("sound for too long, or before it was")
	}
	if _, _, send := l.Begin(k, now.Add(heads.Fresh)); !send {
		t.Fatal("never looked at again")
	}

	half := look(2, "a", "b")
	ref, done, _ = l.Begin(half, now)
	l.Came(ref, "a", true, now)
	l.Came(ref, "b", false, now)
	if !over(done) || l.Sound(half.Thing, now) {
		t.Fatal("half of the relays are enough to say that there is nothing")
	}
	if _, _, send := l.Begin(half, now.Add(59*time.Second)); send {
		t.Fatal("tried again within the minute")
	}
	if _, _, send := l.Begin(half, now.Add(time.Minute)); !send {
		t.Fatal("not tried again")
	}

	lost := look(3, "a")
	ref, done, _ = l.Begin(lost, now)
	l.Begin(look(4, "a"), now.Add(13*time.Second)) // any other look finds it overdue
	if !over(done) || l.Sound(lost.Thing, now.Add(13*time.Second)) {
		t.Fatal("an errand without an answer is waited for")
	}
	if _, ok := l.Of(ref, "a"); ok {
		t.Fatal("a late answer")
	}
	if _, done, send := l.Begin(look(5), now); send || done != nil {
		t.Fatal("a look at no relay")
	}
	l.Forget("i")
	if _, _, send := l.Begin(k, now.Add(heads.Fresh+13*time.Second)); !send {
		t.Fatal("not forgotten")
	}
}

func TestLedgerIsBounded(t *testing.T) {
	l := heads.NewLedger()
	begun := 0
	for i := range 500 {
		if _, _, send := l.Begin(look(i, "a"), noon); send {
			begun++
		}
	}
	if begun != 64 {
		t.Fatalf("%d errands at once", begun)
	}
}
