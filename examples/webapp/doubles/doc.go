// Package doubles stands in, on one computer and without internet, for what the
// demo needs of the world: a relay that keeps events, an address that takes tips
// (LNURL-pay with zap receipts), and a wallet (Nostr Wallet Connect).
//
// They speak the real protocols, move no money, and check what real ones check:
// signatures, amounts, budgets, that a bill is paid once. They are for tests and
// demos on this computer and refuse nothing that only a public service must.
package doubles
