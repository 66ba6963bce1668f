//go:build !unix

package main

// passQuit needs a system with SIGQUIT.
func passQuit(*house) (stop func()) { return func() {} }
