package main

import (
	"errors"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// checkPeer lets in only programs of this user, and root's.
func checkPeer(conn net.Conn) error {
	uc, ok := conn.(*net.UnixConn)
	if !ok {
		return errors.New("not a unix socket")
	}
	raw, err := uc.SyscallConn()
	if err != nil {
		return err
	}
	var cred *unix.Ucred
	var credErr error
	if err := raw.Control(func(fd uintptr) {
		cred, credErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil {
		return err
	}
	if credErr != nil {
		return credErr
	}
	return allowPeer(int(cred.Uid), os.Geteuid())
}

func allowPeer(peer, self int) error {
	if peer != self && peer != 0 {
		return errors.New("it runs as another user")
	}
	return nil
}
