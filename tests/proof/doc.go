// Package proof shows that the promises of docs/promises.md hold: it stops the
// signer at every moment, lets relays lie, clocks jump and disks fail, traces
// its system calls and searches for its secret. Each proof has a short form, run
// by go test, and a long one that scripts/soak chooses with PROOF=long. It holds
// tests only, and judges by what was seen outside the signer, never by what the
// signer believes.
package proof
