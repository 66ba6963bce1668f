// Package readme holds the README against the program: every command in it is
// run, in order, as a newcomer would, at a terminal and against a real binary.
// It refuses commands it cannot run: those belong in text blocks.
package readme
