// Package policyfile is what apps may do as a text that people read, comment and
// change: an app a block, a rule a line. It is pure and strict. It refuses to
// guess: what it cannot read is an error that names the line and what to do.
//
//	app "Coracle" 39324a116d6b54cb
//	    preset social
//	    # May post notes for you, up to 20 an hour.
//	    allow sign_event:1#20/h   until 2026-12-28T10:00:00Z   unless serious   # for the weekend
//	    refuse nip04_decrypt
//
// A line that begins with # is dropped; what stands after # behind a rule is
// its note, and kept.
package policyfile
