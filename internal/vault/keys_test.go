package vault

import (
	"bytes"
	"errors"
	"sync"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/schnorr"
)

// kinds of keys, treated alike.
type keyKind struct {
	name   string
	create func(v *Vault, id string) (nostr.PubKey, []byte, error)
	get    func(v *Vault, id string, sealed []byte) (Key, error)
	forget func(v *Vault, id string)
}

var keyKinds = []keyKind{
	{"user", (*Vault).NewUserKey, (*Vault).UserKey, (*Vault).ForgetUserKey},
	{"signer", (*Vault).NewSignerKey, (*Vault).SignerKey, (*Vault).ForgetSignerKey},
}

func TestKeysAreKeptUntilForgotten(t *testing.T) {
	for _, kind := range keyKinds {
		t.Run(kind.name, func(t *testing.T) {
			v := newUnlocked(t)
			pub, sealed, err := kind.create(v, "id")
			if err != nil {
				t.Fatal(err)
			}
			first, err := kind.get(v, "id", sealed)
			if err != nil || first.PublicKey() != pub {
				t.Fatal(err)
			}
			if second, err := kind.get(v, "id", nil); err != nil || second != first {
				t.Fatalf("not kept: %v", err)
			}
			if _, err := kind.get(v, "other", sealed); !errors.Is(err, ErrDamaged) {
				t.Fatalf("a key opened under another id: %v", err)
			}
			kind.forget(v, "nobody")
			kind.forget(v, "id")
			if _, err := first.Sign(&nostr.Template{}); !errors.Is(err, ErrForgotten) {
				t.Fatalf("a forgotten key signs: %v", err)
			}
			again, err := kind.get(v, "id", sealed)
			if err != nil || again == first || again.PublicKey() != pub {
				t.Fatalf("not loaded again: %v", err)
			}
		})
	}
}

func TestANewKeyReplacesTheOneInMemory(t *testing.T) {
	for _, kind := range keyKinds {
		v := newUnlocked(t)
		_, sealed, err := kind.create(v, "id")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := kind.get(v, "id", sealed); err != nil {
			t.Fatal(err)
		}
		pub, sealed, err := kind.create(v, "id")
		if err != nil {
			t.Fatal(err)
		}
		if k, err := kind.get(v, "id", sealed); err != nil || k.PublicKey() != pub {
			t.Fatalf("%s: the old key answered: %v", kind.name, err)
		}
	}
}

func TestKeysNeedAnUnlockedVault(t *testing.T) {
	for _, kind := range keyKinds {
		v := newUnlocked(t)
		_, sealed, err := kind.create(v, "id")
		if err != nil {
			t.Fatal(err)
		}
		v.Lock()
		if _, err := kind.get(v, "id", sealed); !errors.Is(err, ErrLocked) {
			t.Errorf("%s: %v", kind.name, err)
		}
		_, _, err = kind.create(v, "new")
		wantKind(t, err, privyseal.KindLocked)
	}
}

func TestSignerKeysInMemoryOutliveTheLock(t *testing.T) {
	v := newUnlocked(t)
	_, sealed, err := v.NewSignerKey("app")
	if err != nil {
		t.Fatal(err)
	}
	k, err := v.SignerKey("app", sealed)
	if err != nil {
		t.Fatal(err)
	}
	v.Lock()
	if again, err := v.SignerKey("app", sealed); err != nil || again != k {
		t.Fatal(err)
	}
	if e, err := k.Sign(&nostr.Template{Kind: 24133}); err != nil || e.Verify() != nil {
		t.Fatal(err)
	}
}

func TestHeldSignerKeysOutliveTheLock(t *testing.T) {
	v := newUnlocked(t)
	pub, sealed, err := v.NewSignerKey("app")
	if err != nil {
		t.Fatal(err)
	}
	_, other, err := v.NewSignerKey("other")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(v.HoldSignerKey("app", sealed), v.HoldSignerKey("other", other)); err != nil {
		t.Fatal(err)
	}
	if err := v.HoldSignerKey("third", sealed); !errors.Is(err, ErrDamaged) {
		t.Errorf("a secret under another id is held: %v", err)
	}
	app, forgotten := v.held["app"], v.held["other"]
	v.Lock()
	k, err := v.SignerKey("app", sealed)
	if err != nil || k.PublicKey() != pub {
		t.Fatal(err)
	}
	if e, err := k.Sign(&nostr.Template{Kind: 24133}); err != nil || e.Verify() != nil {
		t.Fatal(err)
	}
	if *app != [32]byte{} || v.held["app"] != nil {
		t.Error("a secret is held beside its key")
	}
	v.ForgetSignerKey("other")
	if _, err := v.SignerKey("other", other); !errors.Is(err, ErrLocked) || *forgotten != [32]byte{} {
		t.Errorf("a forgotten secret is there: %v", err)
	}
	if err := v.HoldSignerKey("other", other); !errors.Is(err, ErrLocked) {
		t.Errorf("held while locked: %v", err)
	}
}

func TestHeldSecretsAreWiped(t *testing.T) {
	for name, end := range map[string]func(v *Vault, s privyseal.Seal){
		"close": func(v *Vault, _ privyseal.Seal) { v.Close() },
		"unlock": func(v *Vault, s privyseal.Seal) {
			v.Lock()
			if err := v.UnlockKeyFile([]privyseal.Seal{s}, keyFile); err != nil {
				t.Fatal(err)
			}
		},
	} {
		v := newUnlocked(t)
		seal, err := v.SealWithKeyFile(keyFile)
		if err != nil {
			t.Fatal(err)
		}
		_, sealed, err := v.NewSignerKey("app")
		if err != nil {
			t.Fatal(err)
		}
		if err := v.HoldSignerKey("app", sealed); err != nil {
			t.Fatal(err)
		}
		secret := v.held["app"]
		if *secret == [32]byte{} {
			t.Fatal("nothing is held")
		}
		if end(v, seal); *secret != [32]byte{} || len(v.held) > 0 {
			t.Errorf("%s: a secret is still held", name)
		}
	}
}

func TestKindsOfKeysDoNotMix(t *testing.T) {
	v := newUnlocked(t)
	_, user, err := v.NewUserKey("id")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.SignerKey("id", user); !errors.Is(err, ErrDamaged) {
		t.Errorf("a user key was loaded as a signer key: %v", err)
	}
	for _, size := range []int{0, 31, 33} {
		sealed, err := v.Seal(PurposeUserKey, "short", keyVersion, bytes.Repeat([]byte{1}, size))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.UserKey("short", sealed); !errors.Is(err, ErrDamaged) {
			t.Errorf("%d bytes are no key: %v", size, err)
		}
	}
}

func TestImpossibleKeysAreRefusedAndWiped(t *testing.T) {
	v := newUnlocked(t)
	for _, fill := range []byte{0x00, 0xff} { // zero, and beyond the order
		sk := nostr.SecretKey(bytes.Repeat([]byte{fill}, 32))
		_, sealed, err := v.ImportUserKey("me", &sk)
		wantKind(t, err, privyseal.KindInvalid)
		if sealed != nil || sk != (nostr.SecretKey{}) {
			t.Error("sealed, or not wiped")
		}
	}
	v.Lock()
	sk, _ := importKey(t)
	_, _, err := v.ImportUserKey("me", &sk)
	if !errors.Is(err, ErrLocked) || sk != (nostr.SecretKey{}) {
		t.Errorf("%v, or not wiped", err)
	}
}

// faulty signs wrongly, as hardware may, and knows when it checks.
type faulty struct{ schnorr.Keypair }

func (faulty) Sign(*[32]byte) (sig [64]byte, err error)        { return sig, nil }
func (faulty) SignChecked(*[32]byte) (sig [64]byte, err error) { return sig, schnorr.ErrFault }

// TestUserSignaturesAreChecked: a wrong signature never leaves (decision 2).
func TestUserSignaturesAreChecked(t *testing.T) {
	v := newUnlocked(t)
	_, sealed, err := v.NewUserKey("me")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.UserKey("me", sealed); err != nil {
		t.Fatal(err)
	}
	k := v.users["me"]
	k.pair = faulty{k.pair}
	e, err := k.Sign(&nostr.Template{Kind: 1})
	if e != nil {
		t.Fatal("a faulty signature left the vault")
	}
	wantKind(t, err, privyseal.KindInternal)
}

type noRandomness struct{}

func (noRandomness) Read([]byte) (int, error) { return 0, errors.New("no randomness") }

func TestWithoutRandomnessNothingIsMade(t *testing.T) {
	v := newUnlocked(t)
	v.rand = noRandomness{}
	_, err := v.Seal(PurposeAnswer, "id", 1, nil)
	wantKind(t, err, privyseal.KindInternal)
	_, err = v.SealWithPassphrase(passphrase)
	wantKind(t, err, privyseal.KindInternal)
	_, err = v.SealWithKeyFile(keyFile)
	wantKind(t, err, privyseal.KindInternal)
	for _, kind := range keyKinds {
		_, sealed, err := kind.create(v, "id")
		wantKind(t, err, privyseal.KindInternal)
		if sealed != nil {
			t.Error("sealed a key that was not drawn")
		}
	}
	empty := New(Options{Rand: noRandomness{}})
	wantKind(t, empty.Create(), privyseal.KindInternal)
	if !empty.Locked() {
		t.Error("a vault without a key is unlocked")
	}
}

// TestLockAmidstEverything: whatever runs beside locking and unlocking works or
// says that the vault is locked.
func TestLockAmidstEverything(t *testing.T) {
	v := newUnlocked(t)
	seal, err := v.SealWithKeyFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	pub, sealed, err := v.NewUserKey("me")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for range 50 {
				k, err := v.UserKey("me", sealed)
				if err == nil {
					_, err = k.Encrypt(privyseal.CipherNip44, pub, "text")
				}
				if err != nil && !errors.Is(err, ErrLocked) {
					t.Error(err)
				}
				if _, err := v.Seal(PurposeAnswer, "id", 1, nil); err != nil && !errors.Is(err, ErrLocked) {
					t.Error(err)
				}
			}
		})
	}
	for range 50 {
		v.Lock()
		if err := v.UnlockKeyFile([]privyseal.Seal{seal}, keyFile); err != nil {
			t.Error(err)
		}
	}
	all.Wait()
	if k, err := v.UserKey("me", sealed); err != nil || k.PublicKey() != pub {
		t.Error(err)
	}
}
