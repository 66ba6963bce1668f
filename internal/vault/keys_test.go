package vault

import (
	"errors"
	"testing"

	"github.com/privyseal/privyseal"
)

func TestUserKeysNeedAnUnlockedVault(t *testing.T) {
	v := newUnlocked(t)
	pub, sealed, err := v.NewUserKey("me")
	if err != nil {
		t.Fatal(err)
	}
	k, err := v.UserKey("me", sealed)
	if err != nil || k.PublicKey() != pub {
		t.Fatal(err)
	}
	payload, err := k.Encrypt(privyseal.CipherNip44, pub, "note to self")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := k.Decrypt(privyseal.CipherNip44, pub, payload); err != nil || got != "note to self" {
		t.Fatalf("%q, %v", got, err)
	}
	v.Lock()
	_, err = k.Decrypt(privyseal.CipherNip44, pub, payload)
	if !errors.Is(err, ErrLocked) {
		t.Fatalf("a key in hand survived the lock: %v", err)
	}
	if _, err = v.UserKey("me", sealed); !errors.Is(err, ErrLocked) {
		t.Fatalf("got %v", err)
	}
}
