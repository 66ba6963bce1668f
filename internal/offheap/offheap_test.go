package offheap

import "testing"

func TestBlock(t *testing.T) {
	for _, size := range []int{1, 4096, 3 << 20} {
		b := New(size)
		if len(b.Bytes()) != size {
			t.Fatalf("%d bytes, not %d", len(b.Bytes()), size)
		}
		for i := range b.Bytes() {
			if b.Bytes()[i] != 0 {
				t.Fatalf("byte %d of %d is not zero", i, size)
			}
			b.Bytes()[i] = 1
		}
		for range 2 {
			if err := b.Close(); err != nil || b.Bytes() != nil {
				t.Fatal(err, len(b.Bytes()))
			}
		}
	}
}
