package anchor_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal/internal/anchor"
	"github.com/privyseal/privyseal/internal/audit"
	"github.com/privyseal/privyseal/nostr"
)

const vault = "00112233445566778899aabbccddeeff"

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func hashOf(seq uint64) [32]byte { return [32]byte{byte(seq), byte(seq >> 8), 7} }

func mark(epoch, seq uint64) anchor.Mark {
	return anchor.Mark{Vault: vault, Epoch: epoch, Head: audit.Head{Seq: seq, Hash: hashOf(seq)}, Time: noon}
}

func chain(epoch, seq uint64) anchor.Chain {
	return anchor.Chain{Epoch: epoch, Head: audit.Head{Seq: seq, Hash: hashOf(seq)}, Hash: func(seq uint64) ([32]byte, error) { return hashOf(seq), nil }}
}

// T58: what an older copy, another past and a rightful record look like.
func TestJudge(t *testing.T) {
	other := func(c anchor.Chain) anchor.Chain {
		c.Hash = func(uint64) ([32]byte, error) { return [32]byte{9}, nil }
		return c
	}
	for _, x := range []struct {
		name string
		mark anchor.Mark
		have anchor.Chain
		want anchor.State
		says string
	}{
		{"as marked", mark(1, 10), chain(1, 10), anchor.Fits, ""},
		{"gone on since", mark(1, 10), chain(1, 11), anchor.Fits, ""},
		{"an empty record", mark(1, 0), other(chain(1, 3)), anchor.Fits, ""},
		{"shorter", mark(1, 10), chain(1, 9), anchor.Older, "had 10 entries, and here it has 9"},
		{"emptied", mark(1, 10), chain(1, 0), anchor.Older, "here it has 0"},
		{"another entry there", mark(1, 10), other(chain(1, 12)), anchor.Other, "entry 10"},
		{"another end", mark(1, 10), other(chain(1, 10)), anchor.Other, "entry 10"},
		{"before a restore", mark(2, 5), chain(1, 500), anchor.Older, "epoch 2 on 2026-06-01 12:00:00 UTC"},
		{"a later epoch, gone on", mark(1, 10), chain(2, 11), anchor.Fits, ""},
		{"a later epoch excuses no missing entry", mark(1, 500), chain(9, 5), anchor.Older, "had 500 entries"},
		{"nor another past", mark(1, 10), other(chain(9, 500)), anchor.Other, "entry 10"},
	} {
		got, err := anchor.Judge(x.mark, x.have)
		if err != nil || got.State != x.want || got.Bad() != (x.want != anchor.Fits) || !strings.Contains(got.Text, x.says) || (got.Text == "") != (x.says == "") {
			t.Errorf("%s: %v %q, %v", x.name, got.State, got.Text, err)
		}
	}
	if !(anchor.Verdict{}).Bad() {
		t.Error("no verdict is a good one")
	}
	broken := chain(1, 12)
	broken.Hash = func(uint64) ([32]byte, error) { return [32]byte{}, errors.New("disk") }
	if v, err := anchor.Judge(mark(1, 10), broken); err == nil || !v.Bad() {
		t.Errorf("an unreadable record: %v, %v", v, err)
	}
}

// Whatever was marked on a chain, the chain itself and all that goes on from it
// fit, and every earlier state of it does not.
func TestJudgeProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		epoch := rapid.Uint64Range(1, 5).Draw(t, "epoch")
		at := rapid.Uint64Range(1, 1000).Draw(t, "marked at")
		now := rapid.Uint64Range(0, 2000).Draw(t, "ends at")
		v, err := anchor.Judge(mark(epoch, at), chain(epoch, now))
		if err != nil || v.Bad() != (now < at) {
			t.Fatalf("marked at %d, ends at %d: %v, %v", at, now, v, err)
		}
	})
}

func TestDir(t *testing.T) {
	dir := anchor.Dir(filepath.Join(t.TempDir(), "state", "privyseal"))
	if _, err := dir.Load(vault); !errors.Is(err, anchor.ErrNone) {
		t.Fatalf("before the first mark: %v", err)
	}
	for _, m := range []anchor.Mark{mark(1, 1), mark(3, 700), mark(3, 0)} {
		if err := dir.Save(m); err != nil {
			t.Fatal(err)
		}
		if got, err := dir.Load(vault); err != nil || got != m {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	other := mark(1, 5)
	other.Vault = strings.Repeat("ab", 16)
	if err := dir.Save(other); err != nil {
		t.Fatal(err)
	}
	if got, _ := dir.Load(vault); got != mark(3, 0) {
		t.Fatalf("another vault's mark took its place: %+v", got)
	}
	entries, err := os.ReadDir(string(dir))
	if err != nil || len(entries) != 2 {
		t.Fatalf("%v, %v", entries, err)
	}
	for _, path := range []string{string(dir), filepath.Join(string(dir), vault+".json")} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	for _, bad := range []string{"", "../x", strings.Repeat("AB", 16), vault + "0"} {
		m := mark(1, 1)
		m.Vault = bad
		if err := dir.Save(m); err == nil {
			t.Errorf("saved as %q", bad)
		}
		if _, err := dir.Load(bad); err == nil || errors.Is(err, anchor.ErrNone) {
			t.Errorf("loaded %q: %v", bad, err)
		}
	}
}

// What cannot be read is an error, never "none": a spoiled mark must not pass
// for a first start.
func TestSpoiledMark(t *testing.T) {
	dir := anchor.Dir(t.TempDir())
	path := filepath.Join(string(dir), vault+".json")
	good := string(anchor.Format(mark(2, 9)))
	for name, text := range map[string]string{
		"empty": "", "cut": good[:len(good)/2], "twice": good + good,
		"another's": strings.Replace(good, vault, strings.Repeat("ab", 16), 1),
		"no epoch":  strings.Replace(good, `"epoch": 2`, `"epoch": 0`, 1),
		"negative":  strings.Replace(good, `"seq": 9`, `"seq": -9`, 1),
		"no hash":   strings.Replace(good, `"hash": "09`, `"hash": "`, 1),
		"more":      strings.Replace(good, `"seq"`, `"sec"`, 1),
		"huge":      strings.Repeat(" ", 5000) + good,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if m, err := dir.Load(vault); err == nil || errors.Is(err, anchor.ErrNone) || m != (anchor.Mark{}) {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
}

// What a stop left of a mark is neither read nor in the way.
func TestSaveAfterAStop(t *testing.T) {
	dir := anchor.Dir(t.TempDir())
	if err := dir.Save(mark(1, 5)); err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(string(dir), vault+".json.new")
	if err := os.WriteFile(half, anchor.Format(mark(1, 9))[:40], 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := dir.Load(vault); err != nil || got != mark(1, 5) {
		t.Fatalf("%+v, %v", got, err)
	}
	if err := dir.Save(mark(1, 9)); err != nil {
		t.Fatal(err)
	}
	if got, err := dir.Load(vault); err != nil || got != mark(1, 9) {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := os.Stat(half); err == nil {
		t.Fatal("left behind")
	}
}

// A place that cannot be written keeps the mark it has.
func TestSaveFails(t *testing.T) {
	base := t.TempDir()
	file := filepath.Join(base, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := anchor.Dir(filepath.Join(file, "below")).Save(mark(1, 1)); err == nil {
		t.Error("saved below a file")
	}
}

func TestStateNames(t *testing.T) {
	seen := map[string]bool{}
	for s := anchor.Unknown; s <= anchor.Other; s++ {
		if seen[s.String()] {
			t.Errorf("%d has another's name", s)
		}
		seen[s.String()] = true
	}
}

func FuzzParse(f *testing.F) {
	f.Add(anchor.Format(mark(1, 0)))
	f.Add(anchor.Format(mark(3, 1<<63)))
	f.Add([]byte(`{"vault":"` + vault + `","epoch":1e3,"seq":1.5,"hash":"","time":"x"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := anchor.Parse(b)
		if err != nil {
			return
		}
		again, err := anchor.Parse(anchor.Format(m))
		m.Time = m.Time.UTC().Truncate(time.Second)
		if err != nil || again != m {
			t.Fatalf("%+v, then %+v, %v", m, again, err)
		}
	})
}

func key(t *testing.T) nostr.Keypair {
	t.Helper()
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	kp, err := sk.Keypair()
	if err != nil {
		t.Fatal(err)
	}
	return kp
}

func signed(t *testing.T, m anchor.Mark, by nostr.Keypair, tpl nostr.Template) anchor.Mark {
	t.Helper()
	ev, err := tpl.Sign(by, false)
	if err != nil {
		t.Fatal(err)
	}
	m.Proof = string(ev.AppendJSON(nil))
	return m
}

// A proof is of exactly one mark, by the key its vault is named after, and is
// not a checkpoint, which every copy of the data holds.
func TestProof(t *testing.T) {
	ours, other := key(t), key(t)
	m := mark(2, 9)
	m.Vault = anchor.VaultID(nostr.PubKey(ours.PublicKey()))
	good := signed(t, m, ours, m.Template())
	if got, err := anchor.Parse(anchor.Format(good)); err != nil || got != good {
		t.Fatalf("%+v, %v", got, err)
	}
	for name, change := range map[string]func(*anchor.Mark){
		"epoch": func(m *anchor.Mark) { m.Epoch-- }, "entry": func(m *anchor.Mark) { m.Head.Seq-- },
		"hash": func(m *anchor.Mark) { m.Head.Hash[0] ^= 1 }, "time": func(m *anchor.Mark) { m.Time = m.Time.Add(time.Second) },
		"signature":  func(m *anchor.Mark) { m.Proof = strings.Replace(m.Proof, `"sig":"`, `"sig":"0`, 1)[:len(m.Proof)] },
		"other key":  func(x *anchor.Mark) { *x = signed(t, m, other, m.Template()) },
		"checkpoint": func(x *anchor.Mark) { *x = signed(t, m, ours, audit.CheckpointTemplate(m.Head, m.Epoch, m.Time)) },
		"nonsense":   func(m *anchor.Mark) { m.Proof = "{}" },
	} {
		bad := good
		change(&bad)
		if got, err := anchor.Parse(anchor.Format(bad)); !errors.Is(err, anchor.ErrSpoiled) || got != (anchor.Mark{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}
