package brake

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal"
)

func sign(kind int, l privyseal.Level) Use {
	return Use{Op: privyseal.OpSignEvent, Kind: kind, Level: l}
}

func open(who int) Use {
	return Use{Op: privyseal.OpNip44Decrypt, Kind: -1, Level: privyseal.L2, Person: key(who)}
}

func write(who int) Use {
	return Use{Op: privyseal.OpNip44Encrypt, Kind: -1, Level: privyseal.L2, Person: key(who)}
}

// settled is an app that for eight days posted, and wrote to and read from
// person 1, between ten and twelve.
func settled() *Habits {
	h := &Habits{}
	for day := range 8 {
		for m := range 12 {
			at := t0.AddDate(0, 0, day).Add(time.Duration(m) * 10 * time.Minute)
			for _, u := range []Use{sign(1, privyseal.L1), sign(13, privyseal.L2), write(1), open(1)} {
				h.Learn(u, at)
			}
		}
	}
	return h
}

func TestWhatIsUnusual(t *testing.T) {
	later := t0.AddDate(0, 0, 9)
	for name, test := range map[string]struct {
		use  Use
		at   time.Time
		want Unusual
	}{
		"the usual":           {sign(1, privyseal.L1), later, Usual},
		"usual and serious":   {sign(13, privyseal.L2), later, Usual},
		"a new kind":          {sign(0, privyseal.L2), later, NewThing},
		"unknown level":       {sign(0, privyseal.LevelUnknown), later, NewThing},
		"a new light kind":    {sign(7, privyseal.L1), later, Usual},
		"a new method":        {Use{Op: privyseal.OpNip04Decrypt, Kind: -1, Level: privyseal.L2, Person: key(1)}, later, NewThing},
		"a known person":      {write(1), later, Usual},
		"a new person":        {write(2), later, NewPerson},
		"a new person's text": {open(2), later, NewPerson},
		"at night":            {sign(1, privyseal.L1), later.Add(-7 * time.Hour), OddHour},
		"an hour before":      {sign(1, privyseal.L1), later.Add(-time.Hour), Usual},
		"two hours before":    {sign(1, privyseal.L1), later.Add(-2 * time.Hour), OddHour},
	} {
		if got := settled().Judge(test.use, t0, test.at); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
		if got := settled().Judge(test.use, test.at.Add(-learnFor+1), test.at); got != Usual {
			t.Errorf("%s, on the first day: %v", name, got)
		}
		h := settled()
		h.Learn(test.use, test.at)
		if got := h.Judge(test.use, t0, test.at); got != Usual {
			t.Errorf("%s, once more: %v", name, got)
		}
	}
	if got := settled().Judge(sign(0, privyseal.L2), later.Add(-learnFor), later); got != NewThing {
		t.Errorf("after the first day: %v", got)
	}
}

// A week in which the app met somebody is no calm one: gift wraps come from a
// new key each, and opening them is not unusual.
func TestNewPeopleEveryDayAreUsual(t *testing.T) {
	h := settled()
	for day := range 30 {
		at := t0.AddDate(0, 0, 7+day)
		if got := h.Judge(open(100+day), t0, at); got != Usual && day > 0 {
			t.Fatalf("day %d: %v", day, got)
		}
		h.Learn(open(100+day), at)
	}
	if got := h.Judge(write(100), t0, t0.AddDate(0, 0, 36)); got != NewPerson {
		t.Fatalf("reading from somebody is no writing to them: %v", got)
	}
}

func TestBurst(t *testing.T) {
	h, at, n := settled(), t0.AddDate(0, 0, 9), 0 // 24 uses in an hour
	for h.Judge(sign(1, privyseal.L1), t0, at) == Usual {
		h.Learn(sign(1, privyseal.L1), at)
		if n++; n > 1000 {
			t.Fatal("never a burst")
		}
	}
	if n != 240 || h.Judge(sign(1, privyseal.L1), t0, at) != Burst {
		t.Fatalf("a burst after %d", n)
	}
	if got := h.Judge(open(1), t0, at); got != Usual {
		t.Fatalf("reading has its own brake: %v", got)
	}
	h.Pass(at)
	if got := h.Judge(sign(1, privyseal.L1), t0, at); got != Usual {
		t.Fatalf("after a yes: %v", got)
	}
	quiet := &Habits{}
	quiet.Learn(sign(1, privyseal.L1), t0)
	quiet.Learn(sign(1, privyseal.L1), t0.Add(time.Hour))
	at = t0.AddDate(0, 0, 2)
	for n = 0; quiet.Judge(sign(1, privyseal.L1), t0, at) == Usual && n < 1000; n++ {
		quiet.Learn(sign(1, privyseal.L1), at)
	}
	if n != burstFloor {
		t.Fatalf("of a quiet app a burst after %d", n)
	}
}

func TestOddHoursNeedAWeek(t *testing.T) {
	h := &Habits{}
	for day := range 6 {
		h.Learn(sign(1, privyseal.L1), t0.AddDate(0, 0, day))
	}
	if got := h.Judge(sign(1, privyseal.L1), t0, t0.AddDate(0, 0, 9).Add(12*time.Hour)); got != Usual {
		t.Fatalf("after six days: %v", got)
	}
	h.Learn(sign(1, privyseal.L1), t0.AddDate(0, 0, 6))
	if got := h.Judge(sign(1, privyseal.L1), t0, t0.AddDate(0, 0, 9).Add(12*time.Hour)); got != OddHour {
		t.Fatalf("after seven days: %v", got)
	}
}

// Habits are bounded, survive being written down, and what was just learnt is
// usual.
func TestHabitsAreBoundedAndKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, now := &Habits{}, t0
		for range rapid.IntRange(1, 50).Draw(t, "n") {
			now = now.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "h")) * time.Hour)
			for range rapid.IntRange(1, 40).Draw(t, "uses") {
				n := rapid.IntRange(0, 2000).Draw(t, "what")
				u := rapid.SampledFrom([]Use{sign(n, privyseal.L2), write(n), open(n)}).Draw(t, "use")
				h.Learn(u, now)
				if got := h.Judge(u, t0.Add(-48*time.Hour), now); got != Usual && got != Burst {
					t.Fatalf("what was just learnt is %v", got)
				}
			}
		}
		if len(h.Things) > maxHabits || len(h.Wrote.Keys) > maxPeople || len(h.Read.Keys) > maxPeople {
			t.Fatal("not bounded")
		}
		raw, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		var back Habits
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatal(err)
		}
		again, _ := json.Marshal(back)
		if string(again) != string(raw) || !reflect.DeepEqual(back.Things, h.Things) {
			t.Fatalf("%s is not %s", again, raw)
		}
	})
}

func TestDeadMan(t *testing.T) {
	const month, days = 30 * 24 * time.Hour, 24 * time.Hour
	for _, test := range []struct {
		d, ago time.Duration
		want   Due
	}{
		{month, 0, DueNot}, {month, 27*days - 1, DueNot}, {month, 27 * days, DueSoon}, {month, month - 1, DueSoon},
		{month, month, DueNow}, {month, 2 * month, DueNow}, {0, 2 * month, DueNot},
		{2 * days, days - 1, DueNot}, {2 * days, days, DueSoon}, {2 * days, 2 * days, DueNow}, {month, -days, DueNot},
	} {
		got, end := DeadMan(test.d, t0, t0.Add(test.ago))
		if got != test.want || test.d > 0 && !end.Equal(t0.Add(test.d)) {
			t.Errorf("%v after %v: %v, ends %v", test.d, test.ago, got, end)
		}
	}
	if got, _ := DeadMan(month, time.Time{}, t0); got != DueNot {
		t.Error("an owner never heard of is missed")
	}
}
