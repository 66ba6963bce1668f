//go:build !unsafe_nosync

package sqlite

// syncing is how commits are synced.
const syncing = "synchronous(FULL)"
