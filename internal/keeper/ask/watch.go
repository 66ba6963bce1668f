package ask

// Watch tells of every change, by the question's id, until stop. Who does not
// keep up misses some, and looks at all of them.
func (b *Book) Watch() (ch chan string, stop func()) {
	ch = make(chan string, 256)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watchers[ch] = struct{}{}
	return ch, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.watchers, ch)
	}
}

// Moved tells watchers that an open question shows something else now.
func (b *Book) Moved(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tell(id)
}

func (b *Book) tell(id string) {
	for ch := range b.watchers {
		select {
		case ch <- id:
		default:
		}
	}
}
