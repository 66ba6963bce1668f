package schnorrtest

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/privyseal/privyseal/nostr/schnorr"
)

func wipe(t *testing.T, b schnorr.Backend) {
	k := newKeypair(t, b)
	pub, hash := k.PublicKey(), [32]byte{1}
	k.Wipe()
	k.Wipe()
	_, err1 := k.Sign(&hash)
	_, err2 := k.SignChecked(&hash)
	_, err3 := k.ECDH(&pub)
	for _, err := range []error{err1, err2, err3} {
		if !errors.Is(err, schnorr.ErrWiped) {
			t.Errorf("after Wipe: %v", err)
		}
	}
	if k.PublicKey() != pub {
		t.Error("the public key did not outlive Wipe")
	}
}

func wipeBesideUse(t *testing.T, b schnorr.Backend) {
	k := newKeypair(t, b)
	pub, hash := k.PublicKey(), [32]byte{1}
	var started, done sync.WaitGroup
	for range 4 {
		started.Add(1)
		done.Go(func() {
			for first := true; ; first = false {
				sig, err := k.SignChecked(&hash)
				if first {
					started.Done()
				}
				if errors.Is(err, schnorr.ErrWiped) {
					return
				}
				if err != nil || !b.Verify(&pub, &hash, &sig) {
					t.Errorf("neither a signature nor ErrWiped: %v", err)
					return
				}
			}
		})
	}
	started.Wait()
	k.Wipe()
	done.Wait()
}

func redaction(t *testing.T, b schnorr.Backend) {
	secret := [32]byte([]byte("a secret that nobody may see ..."))
	k, err := b.NewKeypair(&secret)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("key", "key", k)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("key", "key", k, "inside", struct{ K schnorr.Keypair }{k})
	encoded, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		fmt.Sprint(k), fmt.Sprintf("%v %+v %#v %s %x %X %d %q", k, k, k, k, k, k, k, k),
		fmt.Sprintf("%+v %#v", struct{ K schnorr.Keypair }{k}, []schnorr.Keypair{k}), log.String(), string(encoded),
	} {
		for _, seen := range []string{"nobody may", hex.EncodeToString(secret[4:12]), "115 101 99 114"} {
			if strings.Contains(strings.ToLower(text), seen) {
				t.Error("the secret shows")
			}
		}
		if !strings.Contains(text, "[secret key]") {
			t.Error("no redaction")
		}
	}
}
