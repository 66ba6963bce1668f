package vault_test

import (
	"testing"

	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/internal/vault/vaulttest"
)

// small makes an unlocked vault whose caches evict all the time.
func small(t *testing.T) *vault.Vault {
	t.Helper()
	v := vault.New(vault.Options{MinCost: 1, Memory: 64, KeyCacheSize: 3})
	t.Cleanup(v.Close)
	if err := v.Create(); err != nil {
		t.Fatal(err)
	}
	return v
}

func userKey(t *testing.T, v *vault.Vault) vault.Key {
	t.Helper()
	_, sealed, err := v.NewUserKey("me")
	if err != nil {
		t.Fatal(err)
	}
	k, err := v.UserKey("me", sealed)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func signerKey(t *testing.T, v *vault.Vault) vault.Key {
	t.Helper()
	_, sealed, err := v.NewSignerKey("app")
	if err != nil {
		t.Fatal(err)
	}
	k, err := v.SignerKey("app", sealed)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestUserKeyConforms(t *testing.T) {
	vaulttest.RunKey(t, func(t *testing.T) vault.Key { return userKey(t, small(t)) })
}

func TestSignerKeyConforms(t *testing.T) {
	vaulttest.RunKey(t, func(t *testing.T) vault.Key { return signerKey(t, small(t)) })
}

func TestSignerKeyConformsWhileLocked(t *testing.T) {
	vaulttest.RunKey(t, func(t *testing.T) vault.Key {
		v := small(t)
		k := signerKey(t, v)
		v.Lock()
		return k
	})
}

func TestLockEndsUserKeys(t *testing.T) {
	vaulttest.RunEnd(t, func(t *testing.T) (vault.Key, func()) {
		v := small(t)
		return userKey(t, v), v.Lock
	}, vault.ErrLocked)
}

func TestForgetEndsUserKeys(t *testing.T) {
	vaulttest.RunEnd(t, func(t *testing.T) (vault.Key, func()) {
		v := small(t)
		return userKey(t, v), func() { v.ForgetUserKey("me") }
	}, vault.ErrForgotten)
}

func TestForgetEndsSignerKeys(t *testing.T) {
	vaulttest.RunEnd(t, func(t *testing.T) (vault.Key, func()) {
		v := small(t)
		return signerKey(t, v), func() { v.ForgetSignerKey("app") }
	}, vault.ErrForgotten)
}

func TestCloseEndsSignerKeys(t *testing.T) {
	vaulttest.RunEnd(t, func(t *testing.T) (vault.Key, func()) {
		v := small(t)
		return signerKey(t, v), v.Close
	}, vault.ErrForgotten)
}
