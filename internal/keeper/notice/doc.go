// Package notice is how a person is told, away from the pages, that a question
// waits: which way is tried when, and what is sent over it. It says that
// something waits and where to look, and refuses to carry anything an app wrote
// or a secret. What it makes is sent by others.
package notice
