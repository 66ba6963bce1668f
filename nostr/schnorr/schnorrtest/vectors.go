package schnorrtest

import (
	_ "embed"
	"encoding/csv"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/nostr/schnorr"
)

// bip340 holds the vectors of BIP-340 whose message has 32 bytes.
//
//go:embed bip340.csv
var bip340 string

func vectors(t *testing.T, b schnorr.Backend) {
	rows, err := csv.NewReader(strings.NewReader(bip340)).ReadAll()
	if err != nil || len(rows) != 1+15 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		t.Run(row[6], func(t *testing.T) {
			pub, hash := [32]byte(unhex(t, row[1])), [32]byte(unhex(t, row[3]))
			sig := [64]byte(unhex(t, row[4]))
			if got, want := b.Verify(&pub, &hash, &sig), row[5] == "true"; got != want {
				t.Errorf("verify answers %v", got)
			}
			if row[0] == "" {
				return
			}
			secret, aux := [32]byte(unhex(t, row[0])), [32]byte(unhex(t, row[2]))
			k, err := b.NewKeypair(&secret)
			if err != nil {
				t.Fatal(err)
			}
			if k.PublicKey() != pub {
				t.Error("wrong public key")
			}
			if signAux(t, k, &hash, &aux) != sig {
				t.Error("wrong signature")
			}
		})
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
