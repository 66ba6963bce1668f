//go:build unix

package child

import (
	"errors"
	"net"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"

	"github.com/privyseal/privyseal/internal/control"
)

// line carries the ends of seams to a child.
type line struct{ conn *net.UnixConn }

// firstFile is the descriptor of the line in the child; the doors follow.
const firstFile = 3

// hand prepares what a child inherits; after is called once it has started.
func hand(cmd *exec.Cmd, doors []*Door) (*line, func(), error) {
	ours, theirs, err := control.Pair()
	if err != nil {
		return nil, nil, err
	}
	conn, err := unixConn(ours)
	if err != nil {
		return nil, nil, errors.Join(err, theirs.Close())
	}
	cmd.ExtraFiles = []*os.File{theirs}
	for _, d := range doors {
		cmd.ExtraFiles = append(cmd.ExtraFiles, d.file)
	}
	return &line{conn}, func() { _ = theirs.Close() }, nil
}

// inherit is the child's side of hand.
func inherit() (*line, error) {
	conn, err := unixConn(os.NewFile(firstFile, "line"))
	if err != nil {
		return nil, errors.New("this part is started by: privyseal up")
	}
	return &line{conn}, nil
}

func (l *line) close() { _ = l.conn.Close() }

// Join makes a seam and hands its ends to two running children.
func Join(a, b *Process) error {
	events1, events2, err := control.Pair()
	if err != nil {
		return err
	}
	defer events1.Close()
	defer events2.Close()
	calls1, calls2, err := control.Pair()
	if err != nil {
		return err
	}
	defer calls1.Close()
	defer calls2.Close()
	return errors.Join(a.line.send(events1, calls1), b.line.send(events2, calls2))
}

func (l *line) send(files ...*os.File) error {
	var fds []int
	for _, f := range files {
		fds = append(fds, int(f.Fd()))
	}
	_, _, err := l.conn.WriteMsgUnix([]byte{0}, unix.UnixRights(fds...), nil)
	return err
}

// Seam waits for the next seam that the parent hands over.
func (p *Parent) Seam() (Ends, error) {
	b, oob := make([]byte, 1), make([]byte, unix.CmsgSpace(2*4))
	n, oobn, _, _, err := p.line.conn.ReadMsgUnix(b, oob)
	if err != nil || n == 0 {
		return Ends{}, errors.New("the parent is gone")
	}
	messages, err := unix.ParseSocketControlMessage(oob[:oobn])
	if err != nil || len(messages) != 1 {
		return Ends{}, errors.New("the parent handed over no seam")
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 2 {
		return Ends{}, errors.New("the parent handed over half a seam")
	}
	for _, fd := range fds {
		unix.CloseOnExec(fd)
		if err := unix.SetNonblock(fd, true); err != nil {
			return Ends{}, err
		}
	}
	return Ends{Events: os.NewFile(uintptr(fds[0]), "events"), Calls: os.NewFile(uintptr(fds[1]), "calls")}, nil
}

// unixConn takes a socket over.
func unixConn(f *os.File) (*net.UnixConn, error) {
	if f == nil {
		return nil, errors.New("no socket")
	}
	conn, err := net.FileConn(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	uc, ok := conn.(*net.UnixConn)
	if !ok {
		return nil, errors.Join(errors.New("not a unix socket"), conn.Close())
	}
	return uc, nil
}
