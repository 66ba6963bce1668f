package tty

import "golang.org/x/sys/unix"

// hide stops the terminal from showing what is typed.
func hide(fd int) error {
	state, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	state.Lflag &^= unix.ECHO
	return unix.IoctlSetTermios(fd, unix.TCSETS, state)
}

// secret reads a line while nothing is shown. It changes nothing of the terminal:
// one that begins as its time ends would leave it hidden.
func (t *Terminal) secret() ([]byte, error) { return t.line() }
