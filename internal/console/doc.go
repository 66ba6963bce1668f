// Package console is the signer's pages, on a laptop and on a phone. It is part
// of the front: it holds no key, makes no decision and keeps no fact. All that
// it shows comes over control calls in the name of who is signed in, and all
// that a person does there the keeper judges. It refuses hosts and origins that
// are not its own, to be framed, to load anything from elsewhere, and plain http
// from beyond this computer.
package console
