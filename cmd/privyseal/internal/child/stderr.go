package child

import (
	"io"
	"os"
	"sync"
)

// shared is a writer that several processes write to, one after the other. All
// of them take turns: there is one standard error.
type shared struct{ io.Writer }

var turn sync.Mutex

func (s shared) Write(p []byte) (int, error) {
	turn.Lock()
	defer turn.Unlock()
	return s.Writer.Write(p)
}

// stderrOf leaves a file as it is, which a process gets itself.
func stderrOf(w io.Writer) io.Writer {
	if _, ok := w.(*os.File); ok || w == nil {
		return w
	}
	return shared{w}
}
