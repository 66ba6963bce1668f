package control

import (
	"encoding/json"
	"time"
)

// The verbs about versions of what can be replaced.
const (
	VerbActivityVersions = "activity.versions" // UndoArgs → []VersionInfo
	VerbActivityUndo     = "activity.undo"     // UndoArgs → Undo
)

// UndoArgs names what to put back: the version before the one that a record
// tells of, or, by identity, kind and d tag, the version before the one that
// counts; or the one that To begins.
type UndoArgs struct {
	ID       string `json:"id,omitempty"` // a record's number, or a request's trace
	Identity string `json:"identity,omitempty"`
	Kind     *int   `json:"kind,omitempty"`
	D        string `json:"d,omitempty"`
	To       string `json:"to,omitempty"` // start of a kept version's event id
	// Sign does it; else only what it would do is told. Now and To must then be
	// the full ids that were told: anything newer is a conflict.
	Sign bool   `json:"sign,omitempty"`
	Now  string `json:"now,omitempty"`
}

// VersionInfo shows a kept version.
type VersionInfo struct {
	Event   string    `json:"event"`
	Stamp   time.Time `json:"created_at"`
	Source  string    `json:"source"` // "signed" here, or "seen" on a relay
	App     string    `json:"app,omitempty"`
	At      time.Time `json:"at"` // when it was signed, or first seen
	Entries int       `json:"entries"`
	Bytes   int       `json:"bytes"`
	Counts  bool      `json:"counts"` // it is the one that counts now
}

// Undo is what putting a version back would do, or did.
type Undo struct {
	Identity string      `json:"identity"`
	Kind     int         `json:"kind"`
	D        string      `json:"d,omitempty"`
	Now      VersionInfo `json:"now"`
	To       VersionInfo `json:"to"`
	Title    string      `json:"title"`
	Lines    []string    `json:"lines,omitempty"`
	// Of what was done:
	Event  json.RawMessage `json:"event,omitempty"`
	Record uint64          `json:"record,omitempty"`
	Relays []UndoRelay     `json:"relays,omitempty"`
}

// UndoRelay says whether a relay took the version that was put back.
type UndoRelay struct {
	URL    string `json:"url"`
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty"`
}
