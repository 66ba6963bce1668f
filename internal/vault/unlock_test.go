package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
)

var (
	keyFile    = bytes.Repeat([]byte("0123456789abcdef"), 4)
	credential = bytes.Repeat([]byte("fedcba9876543210"), 2)
)

// sealAll seals a vault in every way.
func sealAll(t *testing.T, v *Vault) []privyseal.Seal {
	t.Helper()
	var seals []privyseal.Seal
	for _, make := range []func() (privyseal.Seal, error){
		func() (privyseal.Seal, error) { return v.SealWithPassphrase(passphrase) },
		func() (privyseal.Seal, error) { return v.SealWithPassphrase([]byte("another passphrase")) },
		func() (privyseal.Seal, error) { return v.SealWithKeyFile(keyFile) },
		func() (privyseal.Seal, error) { return v.SealWithCredential("privyseal", credential) },
	} {
		s, err := make()
		if err != nil {
			t.Fatal(err)
		}
		seals = append(seals, s)
	}
	return seals
}

func TestSealsSideBySide(t *testing.T) {
	v := newUnlocked(t)
	seals := sealAll(t, v)
	sealed, err := v.Seal(PurposeAnswer, "id", 1, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	for name, unlock := range map[string]func() error{
		"passphrase":         func() error { return v.UnlockPassphrase(seals, passphrase) },
		"another passphrase": func() error { return v.UnlockPassphrase(seals, []byte("another passphrase")) },
		"key file":           func() error { return v.UnlockKeyFile(seals, keyFile) },
		"credential":         func() error { return v.UnlockCredential(seals, "privyseal", credential) },
	} {
		v.Lock()
		for range 2 { // the second finds it unlocked, and only checks
			if err := unlock(); err != nil || v.Locked() {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if _, err := v.Open(PurposeAnswer, "id", 1, sealed); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	seen := make(map[string]bool)
	for _, s := range seals {
		if s.ID == "" || s.Created.IsZero() || seen[s.ID] || !json.Valid(s.Params) {
			t.Errorf("seal %+v", s)
		}
		seen[s.ID] = true
	}
}

func TestWrongKeysAreDenied(t *testing.T) {
	v := newUnlocked(t)
	seals := sealAll(t, v)
	v.Lock()
	wrong := bytes.Repeat([]byte("wrong "), 10)
	wantKind(t, v.UnlockPassphrase(seals, wrong), privyseal.KindDenied)
	wantKind(t, v.UnlockPassphrase(seals, nil), privyseal.KindDenied)
	wantKind(t, v.UnlockPassphrase(seals, make([]byte, maxPassphrase+1)), privyseal.KindDenied)
	wantKind(t, v.UnlockKeyFile(seals, wrong), privyseal.KindDenied)
	wantKind(t, v.UnlockKeyFile(seals, credential), privyseal.KindDenied)
	wantKind(t, v.UnlockKeyFile(seals, append(bytes.Clone(keyFile), '\n')), privyseal.KindDenied)
	wantKind(t, v.UnlockCredential(seals, "other", credential), privyseal.KindDenied)
	wantKind(t, v.UnlockCredential(seals, "privyseal", keyFile), privyseal.KindDenied)
	wantKind(t, v.UnlockKeyFile(seals, []byte("short")), privyseal.KindInvalid)
	if !v.Locked() {
		t.Fatal("unlocked by something wrong")
	}
}

func TestUnlockWithoutSeals(t *testing.T) {
	v := newUnlocked(t)
	seals := sealAll(t, v)
	for name, err := range map[string]error{
		"passphrase": v.UnlockPassphrase(nil, passphrase),
		"key file":   v.UnlockKeyFile(nil, keyFile),
		"credential": v.UnlockCredential(nil, "privyseal", credential),
		"check":      v.CheckPassphrase(nil, passphrase),
	} {
		if !errors.Is(err, ErrNoVault) {
			t.Errorf("%s: %v", name, err)
		}
	}
	wantKind(t, v.UnlockPassphrase(seals[2:], passphrase), privyseal.KindNotFound)
	wantKind(t, v.UnlockKeyFile(seals[:2], keyFile), privyseal.KindNotFound)
	wantKind(t, v.UnlockCredential(seals[:3], "privyseal", credential), privyseal.KindNotFound)
}

func TestCheckPassphraseChangesNothing(t *testing.T) {
	v := newUnlocked(t)
	seals := sealAll(t, v)
	for _, lock := range []bool{false, true} {
		if lock {
			v.Lock()
		}
		if err := v.CheckPassphrase(seals, passphrase); err != nil {
			t.Error(err)
		}
		wantKind(t, v.CheckPassphrase(seals, []byte("wrong passphrase")), privyseal.KindDenied)
		if v.Locked() != lock {
			t.Error("the state changed")
		}
	}
}

func TestSealOfAnotherVault(t *testing.T) {
	v, other := newUnlocked(t), newUnlocked(t)
	seals := sealAll(t, other)
	wantKind(t, v.UnlockPassphrase(seals, passphrase), privyseal.KindConflict)
	wantKind(t, v.CheckPassphrase(seals, passphrase), privyseal.KindConflict)
	wantKind(t, v.UnlockKeyFile(seals, keyFile), privyseal.KindConflict)
}

func TestSealingNeedsAnUnlockedVault(t *testing.T) {
	v := newUnlocked(t)
	v.Lock()
	for name, seal := range map[string]func() (privyseal.Seal, error){
		"passphrase": func() (privyseal.Seal, error) { return v.SealWithPassphrase(passphrase) },
		"key file":   func() (privyseal.Seal, error) { return v.SealWithKeyFile(keyFile) },
		"credential": func() (privyseal.Seal, error) { return v.SealWithCredential("privyseal", credential) },
	} {
		if s, err := seal(); !errors.Is(err, ErrLocked) || s.Sealed != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWeakMaterialIsRefused(t *testing.T) {
	v := newUnlocked(t)
	for _, bad := range [][]byte{nil, make([]byte, 31), make([]byte, 64), make([]byte, maxKeyMaterial+1)} {
		_, err := v.SealWithKeyFile(bad)
		wantKind(t, err, privyseal.KindInvalid)
		_, err = v.SealWithCredential("name", bad)
		wantKind(t, err, privyseal.KindInvalid)
	}
	_, err := v.SealWithCredential("", credential)
	wantKind(t, err, privyseal.KindInvalid)
	_, err = v.SealWithPassphrase([]byte("short"))
	wantKind(t, err, privyseal.KindInvalid)
}

// TestTamperedSeals: every changed byte of a seal keeps the vault closed.
func TestTamperedSeals(t *testing.T) {
	v := newUnlocked(t)
	s, err := v.SealWithKeyFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	v.Lock()
	for i := range len(s.Params) + len(s.Sealed) {
		bad := s
		bad.Params, bad.Sealed = bytes.Clone(s.Params), bytes.Clone(s.Sealed)
		if i < len(bad.Params) {
			bad.Params[i] ^= 1
		} else {
			bad.Sealed[i-len(bad.Params)] ^= 1
		}
		wantKind(t, v.UnlockKeyFile([]privyseal.Seal{bad}, keyFile), privyseal.KindDenied)
	}
	s.Sealed = s.Sealed[:len(s.Sealed)-1]
	wantKind(t, v.UnlockKeyFile([]privyseal.Seal{s}, keyFile), privyseal.KindDenied)
}

// TestHostileCost: a database that asks for hours or terabytes is refused at
// once, and does not hide a good seal.
func TestHostileCost(t *testing.T) {
	v := newUnlocked(t)
	good, err := v.SealWithPassphrase(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	v.Lock()
	for name, params := range map[string]string{
		"memory":       `{"kdf":"argon2id","salt":"AAAAAAAAAAAAAAAAAAAAAA==","time":1,"memory":1048577,"lanes":4}`,
		"time":         `{"kdf":"argon2id","salt":"AAAAAAAAAAAAAAAAAAAAAA==","time":65,"memory":64,"lanes":4}`,
		"lanes":        `{"kdf":"argon2id","salt":"AAAAAAAAAAAAAAAAAAAAAA==","time":1,"memory":1024,"lanes":17}`,
		"no time":      `{"kdf":"argon2id","salt":"AAAAAAAAAAAAAAAAAAAAAA==","memory":64,"lanes":4}`,
		"no lanes":     `{"kdf":"argon2id","salt":"AAAAAAAAAAAAAAAAAAAAAA==","time":1,"memory":64}`,
		"no memory":    `{"kdf":"argon2id","salt":"AAAAAAAAAAAAAAAAAAAAAA==","time":1,"lanes":4}`,
		"no salt":      `{"kdf":"argon2id","time":1,"memory":64,"lanes":4}`,
		"long salt":    `{"kdf":"argon2id","salt":"` + strings.Repeat("AAAA", 40) + `","time":1,"memory":64,"lanes":4}`,
		"another kdf":  `{"kdf":"sha256","salt":"AAAAAAAAAAAAAAAAAAAAAA==","time":1,"memory":64,"lanes":4}`,
		"out of range": `{"kdf":"argon2id","salt":"AAAAAAAAAAAAAAAAAAAAAA==","time":-1,"memory":64,"lanes":4}`,
		"no JSON":      `{`,
	} {
		bad := privyseal.Seal{Type: SealPassphrase, Params: []byte(params), Sealed: good.Sealed}
		if err := v.UnlockPassphrase([]privyseal.Seal{bad}, passphrase); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		if err := v.UnlockPassphrase([]privyseal.Seal{bad, good}, passphrase); err != nil {
			t.Errorf("%s hides a good seal: %v", name, err)
		}
		v.Lock()
	}
	many := make([]privyseal.Seal, maxTries, maxTries+1)
	for i := range many {
		many[i] = privyseal.Seal{Type: SealPassphrase, Params: good.Params}
	}
	wantKind(t, v.UnlockPassphrase(append(many, good), passphrase), privyseal.KindDenied)
}

func TestCostGrowsUntilItIsEnough(t *testing.T) {
	for _, c := range []struct {
		passes uint32
		took   time.Duration
		want   uint32
	}{
		{3, 30 * time.Millisecond, 33},
		{3, 299 * time.Millisecond, 4},
		{3, 0, maxTime},
		{63, time.Millisecond, maxTime},
		{10, 290 * time.Millisecond, 11},
	} {
		if got := nextTime(c.passes, c.took, 300*time.Millisecond); got != c.want {
			t.Errorf("%d passes took %v: next %d, want %d", c.passes, c.took, got, c.want)
		}
	}
	v := New(Options{MinCost: time.Hour, Memory: 64}) // stops at the cap
	t.Cleanup(v.Close)
	if err := v.Create(); err != nil {
		t.Fatal(err)
	}
	s, err := v.SealWithPassphrase(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := parseArgon(s.Params); err != nil || p.Time != maxTime {
		t.Fatalf("%+v, %v", p, err)
	}
	if d := New(Options{}); d.cost != (cost{least: 300 * time.Millisecond, memory: 64 << 10, time: 3}) {
		t.Fatalf("defaults: %+v", d.cost)
	}
}

func TestPassphrasesAreNormalised(t *testing.T) {
	v := newUnlocked(t)
	s, err := v.SealWithPassphrase([]byte("gru\u0308ße an alle ﬁsche"))
	if err != nil {
		t.Fatal(err)
	}
	v.Lock()
	if err := v.UnlockPassphrase([]privyseal.Seal{s}, []byte("grüße an alle fische")); err != nil {
		t.Fatal(err)
	}
}

func TestCheckStrength(t *testing.T) {
	for pass, ok := range map[string]bool{
		"": false, "short12": false, "aaaaaaaaaaaa": false, "abababababab": false,
		"        ": false, "ééééü12": false, "u\u0308u\u0308abcde": false,
		"longenough": true, "übergröße": true, "one two three": true, strings.Repeat("abc", 400): false,
	} {
		err := CheckStrength([]byte(pass))
		if (err == nil) != ok {
			t.Errorf("%q: %v", pass, err)
		}
		if err != nil {
			wantKind(t, err, privyseal.KindInvalid)
		}
	}
	if err := CheckStrength(bytes.Repeat([]byte("\ufdfa"), 300)); err != nil {
		t.Errorf("the most growing character: %v", err)
	}
}
