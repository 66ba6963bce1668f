package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/privyseal/privyseal/internal/store"
)

// ReadOnly looks at a store without having it: for verification and diagnosis,
// also while another process runs on it. It writes nothing.
type ReadOnly struct {
	mu sync.Mutex
	c  *conn
}

// OpenReadOnly opens the store in dir for reading. Errors wrap
// [store.ErrNewer], [ErrDamaged] or fs.ErrNotExist.
func OpenReadOnly(dir string) (*ReadOnly, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	c, err := readOnly(filepath.Join(dir, File))
	if err != nil {
		return nil, err
	}
	version, err := c.version()
	switch {
	case err != nil:
	case version > release.version:
		err = fmt.Errorf("%w: its schema is %d and this Privy Seal knows %d; use that version", store.ErrNewer, version, release.version)
	case version < release.version:
		err = fmt.Errorf("store: made by an older version (schema %d, not %d); start this one on it once", version, release.version)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return &ReadOnly{c: c}, nil
}

// View runs fn on one consistent snapshot.
func (r *ReadOnly) View(ctx context.Context, fn func(store.Reader) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	return r.c.view(nil, fn)
}

// Check looks through the whole file for damage; it wraps [ErrDamaged].
func (r *ReadOnly) Check(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	return r.c.check("integrity_check")
}

// Close releases the file.
func (r *ReadOnly) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.c.close()
}
