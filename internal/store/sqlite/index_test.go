package sqlite

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestIndex holds an index against a list, with so few hashes that many entries
// share a bucket, a bit and a tag: what is found for a hash is in it, the newest
// first, and what shares nothing with it is not. Its neighbours in the same
// memory stay as they are, and what was forgotten is not found again.
func TestIndex(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	const bits, entries = 6, 1<<6 - 1
	var hashes []uint64
	for range 12 {
		h := random.Uint64()
		hashes = append(hashes, h, h^1<<63, h^1, h^1<<30) // another tag, bucket and bit
	}
	all := indexes(make([]byte, 3*indexSize(bits)), bits)
	lists := make([][]uint64, len(all))
	found := func(x index, h uint64) (got []uint32) {
		for i := x.find(h, 0); i != 0; i = x.find(h, i) {
			got = append(got, i)
		}
		return got
	}
	for range 20 {
		for i, x := range all {
			if random.IntN(2) == 0 {
				x.forget()
				lists[i] = nil
			}
			for range random.IntN(entries) {
				if len(lists[i]) < entries {
					lists[i] = append(lists[i], hashes[random.IntN(len(hashes))])
					x.add(uint32(len(lists[i])), lists[i][len(lists[i])-1])
				}
			}
		}
		for i, x := range all {
			for _, h := range hashes {
				bucket, tag, _ := x.place(h)
				var want []uint32
				for n, other := range slices.Backward(lists[i]) {
					if b, t, _ := x.place(other); b == bucket && t == tag {
						want = append(want, uint32(n)+1)
					}
				}
				got := found(x, h)
				if len(got) == 0 && !slices.Contains(lists[i], h) {
					continue // its bit told
				}
				if !slices.Equal(got, want) {
					t.Fatalf("index %d, hash %x: %v, want %v", i, h, got, want)
				}
			}
		}
	}
}

// TestKnownKeepsToItsRoom lets rows come and go, kept for ten minutes and swept
// each minute: what is taken for them is bounded, and those that are left are
// found.
func TestKnownKeepsToItsRoom(t *testing.T) {
	for _, at := range []struct {
		perMinute, minutes int64
		want               int
	}{{60, 3000, 2 * smallRoom}, {30 * 60, 150, 2 * smallRoom}, {2500 * 60, 20, smallRoom + reserve*largeRoom}} {
		k := newKnown()
		gone := int64(0)
		for minute := range at.minutes {
			for range at.perMinute {
				n := k.next()
				k.add(n, mixed(n), mixed(-n))
			}
			gone = max(0, (minute-9)*at.perMinute)
			left := make([]int64, len(k.parts))
			for i, p := range k.parts {
				left[i] = max(p.first, gone+1)
			}
			for _, p := range k.drop(left) {
				k.pool.give(p.by)
			}
		}
		has := func(by column, hash uint64, n int64) bool {
			got := k.find(by, hash, newest)
			for got > n {
				got = k.find(by, hash, got)
			}
			return got == n
		}
		for n := gone + 1; n <= k.last; n += 7 {
			if !has(byEvent, mixed(n), n) || !has(byOp, mixed(-n), n) {
				t.Fatalf("%d a minute: row %d is not found", at.perMinute, n)
			}
		}
		taken := 0
		for _, b := range k.pool.taken {
			taken += len(b.Bytes())
		}
		if taken > at.want {
			t.Errorf("%d a minute: %d bytes were taken, want no more than %d", at.perMinute, taken, at.want)
		}
		if err := k.close(); err != nil {
			t.Fatal(err)
		}
	}
}

const smallRoom, largeRoom = 2 * 6 << smallBits, 2 * 6 << largeBits

// mixed spreads a number over the whole range.
func mixed(n int64) uint64 {
	x := uint64(n) * 0x9e3779b97f4a7c15
	x = (x ^ x>>32) * 0xd6e8feb86659fd93
	return x ^ x>>32
}
