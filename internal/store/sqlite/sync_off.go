//go:build unsafe_nosync

package sqlite

// syncing is off in this build, which exists so that the proof of the syncs
// (tests/proof) can be seen to fail.
const syncing = "synchronous(OFF)"
