package schnorr

// WithTables is the pure Go backend with a table for each key at its first use.
func WithTables() Backend { return newPureGo(1) }
