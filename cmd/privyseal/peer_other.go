//go:build !linux

package main

import "net"

// checkPeer trusts the permissions of the socket and its directory.
func checkPeer(net.Conn) error { return nil }
