//go:build libsecp256k1

package main

import "github.com/privyseal/privyseal/nostr/schnorr/schnorrtest"

func init() {
	curves = append(curves, func() string { return curve(schnorrtest.Libsecp256k1) })
}
