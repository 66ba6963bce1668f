package store

import (
	"errors"
	"runtime"
	"sync/atomic"
	"unicode/utf8"
)

// Under are the bounds of all keys of settings that begin so.
func Under(prefix string) (from, to string) { return prefix, prefix + string(utf8.MaxRune) }

// maxWalkers leaves a reader for others: a store has four.
const maxWalkers = 3

// Parts does so many parts of a long walk, on as many cores as there are: whoever
// is done with one takes the next. An error ends its walker.
func Parts(parts int, walk func(part int) error) error {
	walkers := max(1, min(maxWalkers, runtime.GOMAXPROCS(0)))
	errs, next := make(chan error, walkers), atomic.Int64{}
	for range walkers {
		go func() {
			var err error
			for err == nil {
				part := int(next.Add(1)) - 1
				if part >= parts {
					break
				}
				err = walk(part)
			}
			errs <- err
		}()
	}
	var err error
	for range walkers {
		err = errors.Join(err, <-errs)
	}
	return err
}
