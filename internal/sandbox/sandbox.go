// Package sandbox confines the calling process for good: which files it reaches
// and which system calls it makes. It takes what the system offers, says what
// the system lacks, and never refuses to go on. It confines every thread, in
// both builds. It refuses to widen anything: there is no way back.
package sandbox

import (
	"crypto/x509"
	"time"
)

// Report says what is in force and what is not, in words for the owner.
type Report struct {
	Done    []string
	Missing []string
}

func (r *Report) done(what string)    { r.Done = append(r.Done, what) }
func (r *Report) missing(what string) { r.Missing = append(r.Missing, what) }

// Keeper confines the half that holds keys: files in its data directory only, no
// network, no other program.
func Keeper(dir string) Report {
	settle()
	return confine(keeper, []string{dir})
}

// Front confines the half that meets the network: files it needs to find hosts,
// and those in the directories named, no other program, no socket of this
// computer.
func Front(dirs ...string) Report {
	settle()
	_, _ = x509.SystemCertPool() // read once, and kept
	return confine(front, dirs)
}

// settle reads what is read only once, while it can be read.
func settle() { _ = time.Now().String() } // the time zone
