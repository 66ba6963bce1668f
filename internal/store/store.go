// Package store is where facts are kept: interfaces, no engine. It refuses to
// decide anything and to hold an unsealed secret or an app's content. Every
// conditional statement a promise rests on (one answer per request, one use of
// a secret, a budget) is one method here.
package store

import (
	"context"
	"errors"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/audit"
	"github.com/privyseal/privyseal/nostr"
)

// Errors that callers branch on.
var (
	ErrNotFound  = errors.New("store: not found")
	ErrDuplicate = errors.New("store: already there")
	ErrSpent     = errors.New("store: already used")
	ErrConflict  = errors.New("store: changed meanwhile")
	ErrClosed    = errors.New("store: closed")
	ErrNewer     = errors.New("store: made by a newer version")
	ErrInUse     = errors.New("store: in use by another process")
)

// Store keeps facts durably.
type Store interface {
	// View runs fn on one consistent snapshot.
	View(ctx context.Context, fn func(Reader) error) error
	// Update runs fn in a transaction that is durable (synced) when Update
	// returns nil. Callers waiting at the same time share one commit; when
	// idle it commits at once. fn may be run more than once and must not have
	// effects of its own but through its result variables, nor call the Store;
	// an error from fn undoes all fn did and nothing else.
	Update(ctx context.Context, fn func(Tx) error) error
	// Later queues fn for the next commit, in order, without waiting. It
	// blocks only while too much is queued. An error from fn goes to the
	// store's error handler. What cannot be written (disk full) goes there too,
	// makes [Store.Healthy] report it, and is tried again until it can.
	Later(fn func(Tx) error)
	// Flush waits until all that was queued by Later is durable.
	Flush(ctx context.Context) error
	// Healthy is nil, or why nothing can be written now (disk full, I/O). It
	// is nil again once writing works again.
	Healthy() error
	// Backup writes a consistent copy of the whole store to a new file.
	Backup(ctx context.Context, path string) error
	// Close flushes, checkpoints and releases the store.
	Close() error
}

// Reader reads facts. Lists come in order of creation. Lookups of one thing
// answer ErrNotFound.
type Reader interface {
	Identities() ([]privyseal.Identity, error)
	Apps() ([]privyseal.App, error)
	// EachApp walks one of so many parts of the apps (0 is the first), in order of
	// creation: several readers share the work where there are many. Texts and
	// lists that apps have in common are the same, and not to be changed.
	EachApp(part, of int, fn func(privyseal.App) error) error
	App(id string) (privyseal.App, error)
	Invitations() ([]privyseal.Invitation, error)
	Grants(app string) ([]privyseal.Grant, error) // "" is all
	BudgetUse(grant string) (privyseal.BudgetUse, error)
	Questions(state privyseal.QuestionState) ([]privyseal.Question, error) // QuestionUnknown is all
	Question(id string) (privyseal.Question, error)
	Work(app string, event nostr.ID) (privyseal.Work, error)
	// WorkByOp is the newest work of this app and operation hash that is not
	// past its end: asking, decided, or answered.
	WorkByOp(app string, op [32]byte, now time.Time) (privyseal.Work, error)
	OpenWork() ([]privyseal.Work, error) // decided or asking
	OwedWork() ([]privyseal.Work, error) // answered, still owed to a relay
	// Versions are those kept of one replaceable thing.
	Versions(identity string, slot [32]byte) ([]privyseal.Version, error)
	// AllVersions are those kept of an identity, without their sealed events.
	AllVersions(identity string) ([]privyseal.Version, error)
	// VersionByResult is the one whose signing a record tells of.
	VersionByResult(identity string, result [32]byte) (privyseal.Version, error)
	Records(q RecordQuery) ([]privyseal.Record, error)
	// EachRecord walks the whole chain in order without loading it at once.
	EachRecord(from uint64, fn func(privyseal.Record) error) error
	// Head is the last record's sequence and hash as kept beside the chain
	// (not computed from it), so that a cut tail is seen.
	Head() (Head, error)
	Checkpoints() ([]Checkpoint, error)
	Seals() ([]privyseal.Seal, error)
	Persons() ([]privyseal.Person, error)
	Passkeys() ([]privyseal.Passkey, error)
	Logins() ([]privyseal.Login, error)
	Setting(key string) (string, error)
	Settings() (map[string]string, error)
	// EachSetting walks the settings from one key up to another, which is not one
	// of them, in the order of their keys.
	EachSetting(from, to string, fn func(key, value string) error) error
}

// Tx reads and writes.
type Tx interface {
	Reader
	PutIdentity(privyseal.Identity) error // insert or replace by ID
	DeleteIdentity(id string) error       // with its versions
	PutApp(privyseal.App) error           // insert or replace by ID; (Client, Signer) is unique: ErrDuplicate
	DeleteApp(id string) error            // with its grants
	// SeenApp updates LastSeen and Cipher only.
	SeenApp(id string, at time.Time, c privyseal.Cipher) error
	PutInvitation(privyseal.Invitation) error
	// UseInvitation spends an invitation for one client: one conditional
	// statement; ErrSpent when it was used or has expired.
	UseInvitation(id string, client nostr.PubKey, now time.Time) error
	DeleteInvitation(id string) error
	PutGrant(privyseal.Grant) error
	DeleteGrant(app, id string) error
	// Spend counts one use of a grant's budget in the window that began at
	// window: one conditional statement; ErrSpent when n were used already.
	Spend(grant string, window time.Time, n int) error
	// AskQuestion inserts an open question.
	AskQuestion(privyseal.Question) error
	// AnswerQuestion moves a question from open or waiting to another state,
	// and drops the words of one that is approved or denied: one conditional
	// statement; ErrConflict when it is neither. A question that expired may
	// still become approved (a late yes) while late is true.
	AnswerQuestion(id string, to privyseal.QuestionState, by string, at time.Time, late bool) error
	// HoldQuestion notes a yes that does not count yet: by is who said it.
	// With until the question waits so long, without it stays as it is: one
	// conditional statement; ErrConflict when it is not open, nor expired while
	// late is true.
	HoldQuestion(id, by string, until time.Time, late bool) error
	// AddWork inserts work: one conditional statement; ErrDuplicate when this
	// app and event are known.
	AddWork(privyseal.Work) error
	// AskWork turns work into asking, under a question.
	AskWork(app string, event nostr.ID, question string) error
	// FinishWork stores the outcome, the sealed answer, who is owed, and until
	// when it is kept; it drops the sealed request. ErrConflict when it was
	// answered already.
	FinishWork(app string, event nostr.ID, outcome privyseal.Outcome, answer []byte, owed []string, expires time.Time) error
	SetOwed(app string, event nostr.ID, owed []string) error
	// PutVersion keeps a version. One that is known already stays as it is,
	// but for one that was seen and is now signed here.
	PutVersion(privyseal.Version) error
	DeleteVersion(identity string, slot [32]byte, event nostr.ID) error
	// TrimVersions drops the oldest versions of addressable kinds, of which there
	// may be any number, until the sealed events of those left are no more than
	// so many bytes.
	TrimVersions(identity string, most int64) error
	// AppendRecord sets Seq, Prev and Hash and appends to the chain.
	AppendRecord(privyseal.Record) (privyseal.Record, error)
	PutCheckpoint(Checkpoint) error
	PutSeal(privyseal.Seal) error
	DeleteSeal(id string) error
	PutPerson(privyseal.Person) error // insert or replace by ID
	DeletePerson(id string) error     // with their passkeys and logins
	// UseCode spends the code that a person joins with: one conditional
	// statement; ErrSpent when it is another one, was used or has ended.
	UseCode(person string, code [32]byte, now time.Time) error
	AddPasskey(privyseal.Passkey) error // its ID is unique: ErrDuplicate
	// UsePasskey notes a use and how many its maker counts by then: one
	// conditional statement; ErrConflict unless there are more than before, or
	// it never counts.
	UsePasskey(id []byte, count uint32, at time.Time) error
	DeletePasskey(id []byte) error
	AddLogin(privyseal.Login) error
	EndLogin(hash [32]byte) error
	SetSetting(key, value string) error // "" deletes
	// Prune drops answered work past its end, used or expired invitations
	// older than 30 days, answered questions older than 30 days, the words of
	// those nobody can answer any more, old windows, logins that ended. Of the
	// work it drops what ended first, at most [MaxPruned] at a time, so that
	// nobody waits long: more says that there may be some left.
	Prune(now time.Time) (more bool, err error)
}

// MaxPruned is how much answered work one Prune drops.
const MaxPruned = 5000

// Head is the end of the chain.
type Head = audit.Head

// Checkpoint is a signed statement of the chain's head at a time: a Nostr
// event of the signer's own announcement key, as JSON.
type Checkpoint struct {
	Head
	Time  time.Time
	Event []byte
}

// RecordQuery selects records, newest first.
type RecordQuery struct {
	App, Identity string
	Trace         string
	Before        uint64 // sequence; 0: from the end
	// Since and Until bound the time, Until itself left out; zero: no bound. Records
	// are sought where their order has that time: one whose clock was off by then
	// may be missed.
	Since, Until time.Time
	Limit        int // 0: 100
}
