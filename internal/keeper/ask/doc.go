// Package ask is the bookkeeping of questions: which are open, which of them
// stand on one card, how many an app may have, and whose yes or no still
// counts. It refuses to decide anything, to hold a sentence, to read a clock,
// and to be where a fact is kept: that is the store's.
package ask

import "time"

// How long a question waits, and how long its answer counts (design decision 8).
const (
	OpenFor = 2 * time.Minute  // then silence is no
	LateFor = 10 * time.Minute // a late yes counts, if the app asks the same again
	NoFor   = time.Minute      // a no to an operation holds for its repeats
)

// SeriousAfter is how long what is serious has to be shown before a yes counts
// (T31, words.md 3.3).
const SeriousAfter = 2 * time.Second

// What an app may put before a person (T30, words.md rule 11).
const (
	GroupWithin = 3 * time.Second // questions of one sort within it share a card
	MaxCards    = 3               // of one app at the same time
	MaxItems    = 20              // questions on one card
)
