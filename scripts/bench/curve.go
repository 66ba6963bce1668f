package main

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"github.com/privyseal/privyseal/nostr/schnorr"
)

// curves time the operations of curveColumns: this build's, then those of the
// libraries that a build would stand on without arithmetic of its own.
var curves = []func() string{
	func() string { return curve(schnorr.Default) },
	libraryInGo,
}

// curve times a backend's operations.
func curve(by schnorr.Backend) string {
	k, err := by.NewKeypair(&[32]byte{1, 31: 9})
	if err != nil {
		return err.Error()
	}
	pub, hash := k.PublicKey(), [32]byte{5}
	sig, _ := k.Sign(&hash)
	return timed(
		func() { by.Verify(&pub, &hash, &sig) },
		func() { _, _ = k.Sign(&hash) },
		func() { _, _ = k.SignChecked(&hash) },
		func() { _, _ = k.ECDH(&pub) },
	)
}

// libraryInGo times the multiples and sums of points that BIP-340 is made of, in
// decred's library, without hashes and all else.
func libraryInGo() string {
	dense := sha256.Sum256(nil) // zeros would be quick to multiply by
	secret := secp256k1.PrivKeyFromBytes(dense[:])
	packed := secret.PubKey().SerializeCompressed()
	base := func() {
		var r secp256k1.JacobianPoint
		secp256k1.ScalarBaseMultNonConst(&secret.Key, &r)
		r.ToAffine()
	}
	multiple := func(add bool) {
		pub, err := secp256k1.ParsePubKey(packed)
		if err != nil {
			panic(err) // made above
		}
		var p, r, sum secp256k1.JacobianPoint
		pub.AsJacobian(&p)
		secp256k1.ScalarMultNonConst(&secret.Key, &p, &r)
		if add {
			secp256k1.ScalarBaseMultNonConst(&secret.Key, &sum)
			secp256k1.AddNonConst(&sum, &r, &r)
		}
		r.ToAffine()
	}
	return timed(func() { multiple(true) }, base, func() { base(); base() }, func() { multiple(false) })
}

// timed answers how long each takes, in microseconds: the median of many runs.
func timed(ops ...func()) string {
	var out []string
	for _, op := range ops {
		var runs []time.Duration
		for range 41 {
			began := time.Now()
			for range 100 {
				op()
			}
			runs = append(runs, time.Since(began)/100)
		}
		slices.Sort(runs)
		out = append(out, fmt.Sprintf("%.2f", float64(runs[len(runs)/2].Nanoseconds())/1000))
	}
	return strings.Join(out, " ")
}
