package child

import (
	"errors"
	"io"
)

// Ends are one side's ends of what connects two children: a stream each for
// events and for calls.
type Ends struct{ Events, Calls io.ReadWriteCloser }

// Close closes both.
func (e Ends) Close() error { return errors.Join(e.Events.Close(), e.Calls.Close()) }

// ErrFresh says that a running child cannot be handed new ends on this system:
// both children are started anew.
var ErrFresh = errors.New("a running process cannot be connected anew")
