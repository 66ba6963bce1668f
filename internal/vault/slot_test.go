package vault

import (
	"sync"
	"testing"
)

func TestSlotsComeZeroedAndApart(t *testing.T) {
	const n = 5000 // more than two regions
	slots := make([]*slot, n)
	seen := make(map[*[32]byte]bool)
	for i := range slots {
		slots[i] = newSlot()
		if *slots[i].key != ([32]byte{}) || seen[slots[i].key] {
			t.Fatal("a slot is in use or not clean")
		}
		seen[slots[i].key] = true
		for j := range slots[i].key {
			slots[i].key[j] = byte(i)
		}
	}
	for i, s := range slots {
		for _, b := range s.key {
			if b != byte(i) {
				t.Fatal("slots overlap")
			}
		}
		key := s.key
		s.free()
		if *key != ([32]byte{}) || s.key != nil {
			t.Fatal("not wiped")
		}
	}
}

func TestSlotsConcurrently(t *testing.T) {
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for range 2000 {
				s := newSlot()
				s.key[0] = byte(i + 1)
				if *s.key != [32]byte{byte(i + 1)} {
					t.Error("shared slot")
				}
				s.free()
			}
		})
	}
	all.Wait()
}
