package vault

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var purposes = []Purpose{
	PurposeUserKey, PurposeSignerKey, PurposeAnswer, PurposeWords,
	PurposeRequest, PurposeAnnounce, PurposeVersion, PurposeBackup, PurposePowers, PurposeNotices,
}

// TestOpenNeedsEverythingUnchanged: T56, a stolen or edited database.
func TestOpenNeedsEverythingUnchanged(t *testing.T) {
	v := newUnlocked(t)
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(purposes).Draw(t, "purpose")
		id := rapid.String().Draw(t, "id")
		version := rapid.Uint32().Draw(t, "version")
		plaintext := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "plaintext")
		sealed, err := v.Seal(p, id, version, plaintext)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := v.Open(p, id, version, sealed); err != nil || !bytes.Equal(got, plaintext) {
			t.Fatalf("%x, %v", got, err)
		}
		refused := func(what string, p Purpose, id string, version uint32, sealed []byte) {
			if got, err := v.Open(p, id, version, sealed); !errors.Is(err, ErrDamaged) || len(got) != 0 {
				t.Fatalf("%s: opened to %x, %v", what, got, err)
			}
		}
		refused("purpose", rapid.SampledFrom(purposes).Filter(func(q Purpose) bool { return q != p }).Draw(t, "q"), id, version, sealed)
		refused("id", p, rapid.String().Filter(func(s string) bool { return s != id }).Draw(t, "other id"), version, sealed)
		refused("version", p, id, version^1<<rapid.IntRange(0, 31).Draw(t, "version bit"), sealed)
		flipped := slices.Clone(sealed)
		bit := rapid.IntRange(0, 8*len(sealed)-1).Draw(t, "bit")
		flipped[bit/8] ^= 1 << (bit % 8)
		refused("bit", p, id, version, flipped)
		refused("cut", p, id, version, sealed[:rapid.IntRange(0, len(sealed)-1).Draw(t, "cut")])
		refused("longer", p, id, version, append(slices.Clone(sealed), 0))
	})
}

// TestEveryBitCounts flips each bit of one sealed fact.
func TestEveryBitCounts(t *testing.T) {
	v := newUnlocked(t)
	sealed, err := v.Seal(PurposeAnswer, "id", 7, []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	for bit := range 8 * len(sealed) {
		sealed[bit/8] ^= 1 << (bit % 8)
		if _, err := v.Open(PurposeAnswer, "id", 7, sealed); !errors.Is(err, ErrDamaged) {
			t.Fatalf("bit %d: %v", bit, err)
		}
		sealed[bit/8] ^= 1 << (bit % 8)
	}
}

func TestBindingIsUnambiguous(t *testing.T) {
	seen := make(map[string]bool)
	for _, p := range purposes {
		if p.String() == "unknown" || seen[p.String()] {
			t.Errorf("purpose %d has no name of its own", p)
		}
		seen[p.String()] = true
	}
	if bytes.Equal(binding(PurposeAnswer, "a", 1), binding(PurposeAnswer, "\x00a", 1)) {
		t.Error("ids run into the version")
	}
}

func TestNoPurposeSealsNothing(t *testing.T) {
	v := newUnlocked(t)
	for _, p := range []Purpose{PurposeUnknown, PurposeNotices + 1} {
		if _, err := v.Seal(p, "id", 1, []byte("x")); err == nil {
			t.Errorf("purpose %d sealed", p)
		}
		if _, err := v.Open(p, "id", 1, make([]byte, 100)); !errors.Is(err, ErrDamaged) {
			t.Errorf("purpose %d opened: %v", p, err)
		}
	}
}

func TestSealingIsFresh(t *testing.T) {
	v := newUnlocked(t)
	a, errA := v.Seal(PurposeAnswer, "id", 1, []byte("x"))
	b, errB := v.Seal(PurposeAnswer, "id", 1, []byte("x"))
	if errA != nil || errB != nil || bytes.Equal(a, b) {
		t.Fatal("the same nonce twice", errA, errB)
	}
}

func FuzzOpen(f *testing.F) {
	v := New(Options{})
	if err := v.Create(); err != nil {
		f.Fatal(err)
	}
	good, err := v.Seal(PurposeAnswer, "id", 1, []byte("plain"))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{nil, {1}, good, good[:overhead], append([]byte{2}, good[1:]...), make([]byte, overhead)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sealed []byte) {
		got, err := v.Open(PurposeAnswer, "id", 1, sealed)
		if bytes.Equal(sealed, good) {
			if err != nil || string(got) != "plain" {
				t.Fatalf("%q, %v", got, err)
			}
		} else if !errors.Is(err, ErrDamaged) || len(got) != 0 {
			t.Fatalf("forged: %q, %v", got, err)
		}
	})
}
