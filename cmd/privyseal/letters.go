package main

import (
	"github.com/privyseal/privyseal/internal/anchor"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/passkey"
)

// The calls that a half makes to the supervisor, its parent.
const (
	askLetter    = "letter"    // none → keeperLetter or frontLetter
	askOrders    = "orders"    // none → stream of order
	tellBegun    = "begun"     // outcome → none: the end of its start
	tellOpened   = "opened"    // opened → terms: the keeper has the store
	askKey       = "key"       // keyWish → key
	tellSetting  = "setting"   // control.SettingArgs → none: it concerns the others too
	askMark      = "mark.load" // control.Name → markReply
	saveMark     = "mark.save" // anchor.Mark → none
	runCommand   = "command"   // keeper.Command → sinkReply: tell of a question
	openSink     = "sink.open" // sinkCall → sinkReply
	putSink      = "sink.put"  // sinkCall → sinkReply
	tellMeasured = "measured"  // []string → none: the public relays that answered
)

// keeperLetter is what the keeper begins with.
type keeperLetter struct {
	Log  logFlags
	Dir  string
	PID  int    // of the supervisor: the process a person knows
	Mark string // where the mark against older copies is kept, "" for nowhere
}

// opened is what the supervisor must know of the store.
type opened struct {
	Sealed                        bool
	Socks, Relays, Metrics, Level string // as they are kept in settings
}

// terms are what the keeper works on.
type terms struct {
	Found        *seed // a vault to make first
	Relays       []keeper.Relay
	Spares       []keeper.Relay
	Reviewed     []keeper.Relay // that a person may choose when they set up
	NoKeptRelays bool
	Site         passkey.Site // of the console
	Command      bool         // the owner gave one that tells of questions
}

// seed is a founding as it is handed over.
type seed struct {
	Name, Lang                            string
	Passphrase, KeyFile, Secret, Password []byte
}

// keyWish asks for what opens the vault.
type keyWish struct {
	Older string // why nothing may be opened
	Wrong *ill   // why the last key was not it
}

// key opens the vault; with nothing in it the vault stays locked.
type key struct {
	Passphrase, KeyFile []byte
	Credential          bool // KeyFile is a systemd credential
	Refused             *ill // the start is over
}

func (k key) none() bool { return len(k.Passphrase)+len(k.KeyFile) == 0 }

// outcome ends the start of a half, well or ill. Findings are what a check-up
// says of it.
type outcome struct {
	Failed   *ill
	Findings []control.Finding
}

// ill is a failure on its way to the supervisor.
type ill struct {
	Kind, Msg, Hint string
	Code            int
}

func illness(err error) *ill {
	f := asFailure(err)
	return &ill{f.Kind, f.Msg, f.Hint, f.code}
}

func (i *ill) failure() error { return &failure{Kind: i.Kind, Msg: i.Msg, Hint: i.Hint, code: i.Code} }

// order is what the supervisor wants of a half, in full each time.
type order struct {
	Stop  bool   // finish, and end
	Level string // of the log; "": as it is
	// Front is what a check-up says of the front; for the keeper.
	Front []control.Finding
}

// frontLetter is what the front begins with.
type frontLetter struct {
	Log     logFlags
	TLS     tlsFlags
	OwnURL  string   // of the own relay, "" without one
	Certs   string   // a directory to keep certificates in; "" for none
	Socks   string   // a proxy for everything
	Private bool     // relays that nobody typed may be on this computer
	Measure []string // public relays to try
	Offered []string // those that may be tried when somebody sets up
	TCP     bool     // there is a door for figures beside the socket's
}

// markReply is the mark of a vault, or what is wrong with it.
type markReply struct {
	Mark    anchor.Mark
	None    bool
	Spoiled bool
	Fault   string
}

// sinkCall is about a sink outside the data directory.
type sinkCall struct {
	Where string
	Fresh bool
	Event []byte
}

// sinkReply says what is wrong with it, in words.
type sinkReply struct{ Fault string }
