package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
)

const (
	walPages = 1000     // pages written between two checkpoints: 4 MB
	walLimit = 4 * 1000 // pages in the log at which the writer itself helps: 16 MB
	walKeep  = 24 << 20 // bytes of the log file that are kept: to write over is cheaper than to grow
)

// walKeeper moves the write-ahead log into the database beside the writer, on a
// connection of its own. Under steady load it never quite catches up, so that
// the log would never start over; the writer then does the rest itself, which
// is little. It waits for a keeper that has not begun what it was told of
// walPages ago, so that the log is bounded however slow that one is.
type walKeeper struct {
	pages  int // written since the last signal; of the writer
	count  pagesWritten
	signal chan struct{}
	moving sync.Mutex // held while pages are moved: two at a time cannot
	behind atomic.Bool
	closed chan error
}

func newWALKeeper(path string) (*walKeeper, error) {
	c, err := dial(writing(path))
	if err != nil {
		return nil, err
	}
	k := &walKeeper{signal: make(chan struct{}, 1), closed: make(chan error, 1)}
	if err := k.inherit(c, path+"-wal"); err != nil {
		return nil, errors.Join(err, c.close())
	}
	go k.run(c)
	return k, nil
}

// inherit deals with the log of a life that ended without Close: lives that are
// ended again and again, each before it wrote much, would only add to it. A long
// one is moved before anything else is done.
func (k *walKeeper) inherit(c *conn, log string) error {
	info, err := os.Stat(log)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Size() > walKeep:
		_, _, err = c.checkpoint("TRUNCATE")
		return err
	}
	k.signal <- struct{}{}
	return nil
}

func (k *walKeeper) run(c *conn) {
	for range k.signal {
		// A failure here loses nothing and shows at the next commit.
		if pages, err := k.move(c); err == nil && pages > walLimit {
			k.behind.Store(true)
		}
	}
	k.closed <- c.close()
}

// move answers how many pages are in the log.
func (k *walKeeper) move(c *conn) (int, error) {
	k.moving.Lock()
	defer k.moving.Unlock()
	pages, _, err := c.checkpoint("PASSIVE")
	return pages, err
}

// wrote is told of each commit, by the writer with its connection.
func (k *walKeeper) wrote(c *conn) {
	n, err := k.count.since(c)
	if k.pages += n; err != nil || k.pages < walPages {
		return
	}
	k.pages = 0
	if k.behind.Swap(false) {
		_, _ = k.move(c)
		return
	}
	k.signal <- struct{}{}
}

func (k *walKeeper) close() error {
	close(k.signal)
	return <-k.closed
}

// checkpoint answers how many pages are in the log and how many of them are in
// the database now.
func (c *conn) checkpoint(mode string) (pages, done int, err error) {
	r, err := one(c, func(r *row) [3]int64 { return [3]int64{r.int(), r.int(), r.int()} }, `PRAGMA wal_checkpoint(`+mode+`)`)
	return int(r[1]), int(r[2]), err
}
