//go:build !unix

package control

import (
	"errors"
	"io"
	"os"
)

// Pair is a connected pair of byte streams: the seam.
func Pair() (front, keeper io.ReadWriteCloser, err error) {
	r1, w1, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	r2, w2, err := os.Pipe()
	if err != nil {
		return nil, nil, errors.Join(err, r1.Close(), w1.Close())
	}
	return duplex{r1, w2}, duplex{r2, w1}, nil
}

type duplex struct{ r, w *os.File }

func (d duplex) Read(b []byte) (int, error)  { return d.r.Read(b) }
func (d duplex) Write(b []byte) (int, error) { return d.w.Write(b) }
func (d duplex) Close() error                { return errors.Join(d.r.Close(), d.w.Close()) }
