// Package brake holds the brakes of the keeper: what slows or stops an app, a
// relay, a stranger or the whole signer although nothing forbids the single
// request. They are counts and clocks, bounded in memory, and say what they
// found. The package refuses to answer anybody, to keep a fact on disk, to read
// a clock and to widen anything: a brake only ever says no, wait, or ask.
package brake
