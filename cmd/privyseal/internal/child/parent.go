package child

import (
	"os"

	"github.com/privyseal/privyseal/internal/control"
)

// Parent is the way to the process that started this one.
type Parent struct {
	*control.Client
	line *line
}

// Dial takes up what the parent handed to this process, which is one of its
// children. The process ends at once when the parent is gone.
func Dial() (*Parent, error) {
	promptTimers()
	l, err := inherit()
	if err != nil {
		return nil, err
	}
	p := &Parent{Client: control.NewClient(duplex{os.Stdin, os.Stdout}), line: l}
	go func() {
		<-p.Gone()
		os.Exit(1)
	}()
	return p, nil
}
