// Package audit is the hash chain of records: how a record is hashed, how a
// chain is verified, and what a signed checkpoint of it says. It refuses to
// store, to read a clock and to repair: it only tells what is wrong, and where.
//
// A chain by itself shows what was edited, removed or reordered. That its tail
// was cut, or that all of it was written anew, shows only against a head or a
// checkpoint kept elsewhere (T57).
package audit
