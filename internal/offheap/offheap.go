// Package offheap hands out memory that the garbage collector neither looks into
// nor counts: what a small heap holds for long lets several times as much garbage
// gather. It refuses pointers: there are bytes in it, nothing else.
package offheap

import "runtime"

// Block is such memory, all zero at first and taken from the system as it is
// written to.
type Block struct {
	bytes   []byte
	cleanup runtime.Cleanup // of one that nobody closed
	mapped  bool
}

// New takes a block of so many bytes. Where the system gives none, it is of the
// collector's heap.
func New(size int) *Block {
	bytes, err := take(size)
	if err != nil {
		return &Block{bytes: make([]byte, size)}
	}
	b := &Block{bytes: bytes, mapped: true}
	b.cleanup = runtime.AddCleanup(b, func(bytes []byte) { _ = give(bytes) }, bytes)
	return b
}

// Bytes are the block's memory, as long as the block is in use: not beyond Close,
// nor when only they are still referred to.
func (b *Block) Bytes() []byte { return b.bytes }

// Close gives the memory back. Without it that is done when nothing refers to the
// block any more.
func (b *Block) Close() error {
	bytes := b.bytes
	b.bytes = nil
	if !b.mapped || bytes == nil {
		return nil
	}
	b.cleanup.Stop()
	return give(bytes)
}
