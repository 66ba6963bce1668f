package doubles

import (
	"bufio"
	"errors"
	"os"

	"github.com/privyseal/privyseal/nostr"
)

// journal is a file of events, one a line. A nil one keeps nothing.
type journal struct{ f *os.File }

// openJournal reads what is there. A last line that was cut off is passed over.
func openJournal(path string, each func(*nostr.Event)) (*journal, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, nostr.MaxMessageSize)
	for lines.Scan() {
		if e, err := nostr.ParseEvent(lines.Bytes()); err == nil && e.Verify() == nil {
			each(e)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &journal{f}, nil
}

func (j *journal) write(e *nostr.Event) error {
	if j == nil {
		return nil
	}
	_, err := j.f.Write(append(e.AppendJSON(nil), '\n'))
	return err
}

func (j *journal) close() error {
	if j == nil {
		return nil
	}
	return j.f.Close()
}
