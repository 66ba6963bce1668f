package audit_test

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal/internal/audit"
	"github.com/privyseal/privyseal/nostr"
)

func TestCheckpointRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		head := audit.Head{Seq: rapid.Uint64().Draw(t, "seq"), Hash: hashes().Draw(t, "hash")}
		epoch, at := rapid.Uint64().Draw(t, "epoch"), time.Unix(rapid.Int64Range(0, 1<<40).Draw(t, "at"), 0).UTC()
		tmpl := audit.CheckpointTemplate(head, epoch, at)
		gotHead, gotEpoch, gotAt, err := audit.ParseCheckpoint(event(tmpl))
		if err != nil || gotHead != head || gotEpoch != epoch || !gotAt.Equal(at) {
			t.Fatalf("got %v %d %v %v", gotHead, gotEpoch, gotAt, err)
		}
	})
}

func event(t nostr.Template) *nostr.Event {
	return &nostr.Event{CreatedAt: t.CreatedAt, Kind: t.Kind, Tags: t.Tags, Content: t.Content}
}

func TestCheckpointRefused(t *testing.T) {
	for name, spoil := range map[string]func(*nostr.Event){
		"another kind":        func(e *nostr.Event) { e.Kind = 1 },
		"content":             func(e *nostr.Event) { e.Content = "x" },
		"no tags":             func(e *nostr.Event) { e.Tags = nil },
		"a tag more":          func(e *nostr.Event) { e.Tags = append(e.Tags, nostr.Tag{"seq", "2"}) },
		"tags in other order": func(e *nostr.Event) { e.Tags[0], e.Tags[1] = e.Tags[1], e.Tags[0] },
		"a value more":        func(e *nostr.Event) { e.Tags[0] = append(e.Tags[0], "x") },
		"an empty tag":        func(e *nostr.Event) { e.Tags[2] = nostr.Tag{} },
		"a signed number":     func(e *nostr.Event) { e.Tags[0][1] = "+7" },
		"a leading zero":      func(e *nostr.Event) { e.Tags[2][1] = "07" },
		"a short hash":        func(e *nostr.Event) { e.Tags[1][1] = e.Tags[1][1][2:] },
		"a hash in capitals":  func(e *nostr.Event) { e.Tags[1][1] = "AB" + e.Tags[1][1][2:] },
		"no hex":              func(e *nostr.Event) { e.Tags[1][1] = "zz" + e.Tags[1][1][2:] },
	} {
		e := event(audit.CheckpointTemplate(audit.Head{Seq: 7, Hash: [32]byte{0xab}}, 3, time.Unix(1, 0)))
		spoil(e)
		if _, _, _, err := audit.ParseCheckpoint(e); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, _, _, err := audit.ParseCheckpoint(nil); err == nil {
		t.Error("nil: accepted")
	}
}

func TestVerifyCheckpoint(t *testing.T) {
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	kp, err := sk.Keypair()
	if err != nil {
		t.Fatal(err)
	}
	head := audit.Head{Seq: 7, Hash: [32]byte{1}}
	tmpl := audit.CheckpointTemplate(head, 3, time.Unix(1_790_000_000, 0))
	e, err := tmpl.Sign(kp, true)
	if err != nil {
		t.Fatal(err)
	}
	if got, epoch, _, err := audit.VerifyCheckpoint(e, e.PubKey); err != nil || got != head || epoch != 3 {
		t.Fatalf("%v %d %v", got, epoch, err)
	}
	if _, _, _, err := audit.VerifyCheckpoint(e, nostr.PubKey{1}); err == nil {
		t.Error("another signer: accepted")
	}
	e.Tags[0][1] = "8"
	if _, _, _, err := audit.VerifyCheckpoint(e, e.PubKey); err == nil {
		t.Error("changed after signing: accepted")
	}
}

func FuzzParseCheckpoint(f *testing.F) {
	good := audit.CheckpointTemplate(audit.Head{Seq: 7, Hash: [32]byte{0xab}}, 3, time.Unix(1, 0))
	f.Add(good.Tags[0][1], good.Tags[1][1], good.Tags[2][1], int64(1))
	f.Add("18446744073709551616", "", "-1", int64(-1))
	f.Add("007", "ABCD", " 3", int64(0))
	f.Fuzz(func(t *testing.T, seq, hash, epoch string, at int64) {
		e := event(good)
		e.CreatedAt, e.Tags = at, nostr.Tags{{"seq", seq}, {"hash", hash}, {"epoch", epoch}}
		head, n, when, err := audit.ParseCheckpoint(e)
		if err != nil {
			return
		}
		if again := audit.CheckpointTemplate(head, n, when); !reflect.DeepEqual(event(again), e) {
			t.Fatalf("%+v was read from %+v", again, e)
		}
	})
}
