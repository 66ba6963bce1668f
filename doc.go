// Package privyseal is the domain in one place: identities, apps, operations,
// grants, decisions, questions, records. It holds types and their small rules.
// It refuses to do I/O, to read a clock, and to give a zero value any power:
// every zero value here refuses.
package privyseal
