//go:build !linux

package tty

import "golang.org/x/term"

// hide leaves it to the read itself to stop the terminal from showing.
func hide(int) error { return nil }

func (t *Terminal) secret() ([]byte, error) { return term.ReadPassword(int(t.in.Fd())) }
