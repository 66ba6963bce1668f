package vault

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
)

// newTest makes a vault whose passphrases cost next to nothing.
func newTest(t testing.TB) *Vault {
	t.Helper()
	v := New(Options{MinCost: 1, Memory: 64, KeyCacheSize: 64})
	t.Cleanup(v.Close)
	return v
}

func newUnlocked(t testing.TB) *Vault {
	t.Helper()
	v := newTest(t)
	if err := v.Create(); err != nil {
		t.Fatal(err)
	}
	return v
}

var passphrase = []byte("correct horse battery")

func wantKind(t *testing.T, err error, kind privyseal.ErrorKind) {
	t.Helper()
	if err == nil || privyseal.KindOf(err) != kind {
		t.Fatalf("got %v (%v), want kind %q", err, privyseal.KindOf(err), kind)
	}
	if e, ok := errors.AsType[*privyseal.Error](err); !ok || e.Msg == "" {
		t.Fatalf("no words in %v", err)
	}
}

func TestLifeCycle(t *testing.T) {
	v := newTest(t)
	if !v.Locked() {
		t.Fatal("a new vault must be locked")
	}
	if _, err := v.Seal(PurposeAnswer, "a", 1, []byte("x")); !errors.Is(err, ErrLocked) {
		t.Fatalf("seal without key: %v", err)
	}
	if err := v.Create(); err != nil {
		t.Fatal(err)
	}
	if err := v.Create(); !errors.Is(err, ErrExists) {
		t.Fatalf("second key: %v", err)
	}
	sealed, err := v.Seal(PurposeAnswer, "a", 1, []byte("answer"))
	if err != nil {
		t.Fatal(err)
	}
	seal, err := v.SealWithPassphrase(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	seals := []privyseal.Seal{seal}
	v.Lock()
	if err := v.Create(); !errors.Is(err, ErrExists) {
		t.Fatalf("a locked vault was given a second key: %v", err)
	}
	_, err = v.Open(PurposeAnswer, "a", 1, sealed)
	wantKind(t, err, privyseal.KindLocked)
	wantKind(t, v.UnlockPassphrase(seals, []byte("wrong passphrase")), privyseal.KindDenied)
	if !v.Locked() {
		t.Fatal("a wrong passphrase unlocked")
	}
	if err := v.UnlockPassphrase(seals, passphrase); err != nil {
		t.Fatal(err)
	}
	got, err := v.Open(PurposeAnswer, "a", 1, sealed)
	if err != nil || !bytes.Equal(got, []byte("answer")) {
		t.Fatalf("%q, %v", got, err)
	}

	other := New(Options{MinCost: time.Nanosecond, Memory: 64})
	t.Cleanup(other.Close)
	if err := other.UnlockPassphrase(seals, passphrase); err != nil {
		t.Fatal(err)
	}
	if got, err := other.Open(PurposeAnswer, "a", 1, sealed); err != nil || string(got) != "answer" {
		t.Fatalf("%q, %v", got, err)
	}
}
