package child

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"

	"golang.org/x/sys/windows"
)

// line is the one seam that a child gets, when it starts; Windows lets no
// running one have another.
type line struct {
	mu   sync.Mutex
	ends *Ends
}

// handles names the variable with the handles of a seam and the doors.
const handles = "PRIVYSEAL_HANDLES"

// waiting are the far ends of the first child's seam, for the second.
var waiting struct {
	sync.Mutex
	files []*os.File
}

func hand(cmd *exec.Cmd, doors []*Door) (*line, func(), error) {
	waiting.Lock()
	defer waiting.Unlock()
	mine := waiting.files
	waiting.files = nil
	if mine == nil {
		var all [8]*os.File
		for i := 0; i < len(all); i += 2 {
			r, w, err := os.Pipe()
			if err != nil {
				return nil, nil, err
			}
			all[i], all[i+1] = r, w
		}
		mine = []*os.File{all[0], all[3], all[4], all[7]}
		waiting.files = []*os.File{all[2], all[1], all[6], all[5]}
	}
	var given inheritance
	attr := &syscall.SysProcAttr{}
	for _, f := range mine {
		h := windows.Handle(f.Fd())
		if err := windows.SetHandleInformation(h, windows.HANDLE_FLAG_INHERIT, windows.HANDLE_FLAG_INHERIT); err != nil {
			return nil, nil, err
		}
		attr.AdditionalInheritedHandles = append(attr.AdditionalInheritedHandles, syscall.Handle(h))
		given.Seam = append(given.Seam, uint64(h))
	}
	for _, d := range doors {
		given.Doors = append(given.Doors, [2]string{d.network, d.address})
		d.release()
	}
	raw, err := json.Marshal(given)
	if err != nil {
		return nil, nil, err
	}
	cmd.SysProcAttr = attr
	cmd.Env = append(cmd.Env, handles+"="+string(raw))
	return &line{}, func() {
		for _, f := range mine {
			_ = f.Close()
		}
	}, nil
}

func inherit() (*line, error) {
	given, err := taken()
	if err != nil || len(given.Seam) != 4 {
		return nil, errors.New("this part is started by: privyseal up")
	}
	var files [4]*os.File
	for i := range files {
		files[i] = os.NewFile(uintptr(given.Seam[i]), "seam")
	}
	return &line{ends: &Ends{Events: duplex{files[0], files[1]}, Calls: duplex{files[2], files[3]}}}, nil
}

func (l *line) close() {}

// Join connects two running children; here they were, or never can be.
func Join(a, b *Process) error {
	a.line.mu.Lock()
	defer a.line.mu.Unlock()
	if a.line.ends == nil && b.line.ends == nil {
		a.line.ends, b.line.ends = &Ends{}, &Ends{}
		return nil
	}
	return ErrFresh
}

// Seam answers the seam that this child got, and then waits for ever.
func (p *Parent) Seam() (Ends, error) {
	p.line.mu.Lock()
	ends := p.line.ends
	p.line.ends = nil
	p.line.mu.Unlock()
	if ends == nil {
		<-p.Gone()
		return Ends{}, io.EOF
	}
	return *ends, nil
}

func endWithParent(*exec.Cmd) {}

// inheritance is what a child is told of what it inherits.
type inheritance struct {
	Seam  []uint64    `json:"seam"`
	Doors [][2]string `json:"doors"` // network and address
}

func taken() (given inheritance, err error) {
	err = json.Unmarshal([]byte(os.Getenv(handles)), &given)
	return given, err
}

// Door opens the nth door of this child.
func (p *Parent) Door(n int) (net.Listener, error) {
	given, err := taken()
	if err != nil || len(given.Doors) <= n {
		return nil, fmt.Errorf("there is no door %d", n)
	}
	return net.Listen(given.Doors[n][0], given.Doors[n][1])
}
