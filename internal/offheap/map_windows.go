package offheap

// Here it is the collector's heap.
func take(size int) ([]byte, error) { return make([]byte, size), nil }

func give([]byte) error { return nil }
