package privyseal

import (
	"time"

	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// Request is one opened request of an app.
type Request struct {
	Event    nostr.ID // of the sealed request event
	Signer   nostr.PubKey
	Client   nostr.PubKey
	Relay    string // where it arrived
	Cipher   Cipher
	Created  time.Time // as stamped by the client
	Received time.Time
	ID       nip46.RequestID
	Op       Operation
	Method   nip46.Method    // as sent
	Params   []string        // as sent
	Template *nostr.Template // of sign_event
	Peer     nostr.PubKey    // of encrypt and decrypt
	Text     string          // of encrypt and decrypt
	OpHash   [32]byte        // of method and params, see keeper
	Trace    string
}

// WorkState is how far a request has come. The zero value is unknown.
type WorkState uint8

// The states of work.
const (
	WorkUnknown  WorkState = iota
	WorkDecided            // allowed and recorded, the key not yet known to be used
	WorkAsking             // waits for a person
	WorkAnswered           // answered; kept for repeats
)

// Work is a request from the moment it was decided until its answer is no
// longer kept. A restart finishes what is not answered.
type Work struct {
	App      string
	Event    nostr.ID
	OpHash   [32]byte
	Op       Operation
	State    WorkState
	Outcome  Outcome // of an answered one
	Relay    string
	Trace    string
	Rule     string // id of the deciding rule
	Question string // id, while asking
	Sealed   []byte // the request event, still encrypted; dropped when answered
	Answer   []byte // the answer's plaintext, sealed by the vault; nil: make it again
	Owed     []string
	Received time.Time
	Expires  time.Time // of the answered entry
}

// QuestionState is where a question stands. The zero value is unknown.
type QuestionState uint8

// The states of a question.
const (
	QuestionUnknown QuestionState = iota
	QuestionOpen
	QuestionApproved
	QuestionDenied
	QuestionExpired
	QuestionWaiting // said yes to, and done at its deadline unless somebody stops it
)

// String names the state.
func (s QuestionState) String() string {
	switch s {
	case QuestionOpen:
		return "open"
	case QuestionApproved:
		return "approved"
	case QuestionDenied:
		return "denied"
	case QuestionExpired:
		return "expired"
	case QuestionWaiting:
		return "waiting"
	case QuestionUnknown:
	}
	return "unknown"
}

// Question is one thing a person is asked. The answer is bound to the event
// that asked and to the words that were shown.
type Question struct {
	ID        string
	App       string
	Identity  string
	Event     nostr.ID // the first request that asked
	OpHash    [32]byte
	Op        Operation
	Kind      int // of sign_event, else -1
	Level     Level
	Reason    string   // stable code: why it is asked
	WordsHash [32]byte // of the words as shown
	Words     []byte   // the rendered words, sealed by the vault; dropped when it is answered
	Replaces  nostr.ID // the version they were made against; zero: none was known
	State     QuestionState
	Asked     time.Time
	Deadline  time.Time
	Answered  time.Time
	By        string // who answered; until it is, who said yes so far
}

// Phase says which of a request's two entries a record is, or that it is
// something else.
type Phase uint8

// The phases of a record.
const (
	PhaseUnknown Phase = iota
	PhaseDecided       // before the key was used
	PhaseDone          // the outcome
	PhaseNote          // not a request: paired, revoked, grant changed, lock, …
)

// String names the phase.
func (p Phase) String() string {
	switch p {
	case PhaseDecided:
		return "decided"
	case PhaseDone:
		return "done"
	case PhaseNote:
		return "note"
	case PhaseUnknown:
	}
	return "unknown"
}

// Record is one entry of the hash chain. It holds no content.
type Record struct {
	Seq      uint64 // 1 for the first
	Prev     [32]byte
	Hash     [32]byte // see audit
	Time     time.Time
	Phase    Phase
	Trace    string
	Identity string
	App      string
	Client   nostr.PubKey
	Event    nostr.ID // of the request
	Op       Operation
	Kind     int      // of sign_event, else -1
	What     [32]byte // hash of what was asked (OpHash)
	Verdict  Verdict
	Level    Level
	Rule     string
	Given    time.Time // when the rule was given
	Question string
	Outcome  Outcome
	Result   [32]byte // hash of the result
	Detail   string   // a note's code, or the answer's error prefix
}

// Seal is one way to open the vault: the vault key under a passphrase, a key
// file or a systemd credential.
type Seal struct {
	ID      string
	Type    string // "passphrase", "keyfile", "credential"
	Params  []byte // JSON: salt, cost
	Sealed  []byte
	Created time.Time
}
