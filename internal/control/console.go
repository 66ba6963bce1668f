package control

import (
	"encoding/json"
	"time"
)

// The console's side of the seam.
//
// The front's connection may call the verbs of this block, those of setting up,
// [VerbStatus] and [VerbDiscovery], and nothing else. What a person does there it asks for in their name: VerbConsoleDo
// with the session's token, a verb and its arguments; the answer is that verb's
// own (a stream too), without what the person has no role for. The keeper has a
// table of what each verb needs (keeper/rights.go): a role for the identity it
// concerns, and for whatever widens what anybody may do a proof as well. A verb
// without a row is refused.
//
//   - Signing in: VerbConsoleSite says whether people can (else Closed says why,
//     in words to show). VerbConsoleSignIn takes the code of a link below
//     [EnterPath], the vault's passphrase, or a passkey's signature over the
//     challenge of VerbConsoleBegin. The token in its answer is told once; the
//     keeper keeps a hash. A session ends after 12 hours, one hour without a
//     call, with VerbConsoleSignOut, or when someone ends it.
//   - Somebody invited comes by a link below [JoinPath]: VerbConsoleNewKey with its
//     code, a passkey made in the browser, then VerbConsoleSignIn with code and
//     passkey.
//   - Acting: call VerbConsoleProve with the act as it will be done. If it says
//     that a proof is needed, have the browser sign its Ask (navigator.credentials
//     .get, userVerification required) or ask for the passphrase, and call
//     VerbConsoleDo with the same bytes in Args and the Assertion or Passphrase.
//     A challenge holds for two minutes, once, for this session, verb and Args.
//     Without Needed, call VerbConsoleDo at once.
//   - Things are named by their id in full: an app by AppInfo.ID, a question by
//     QuestionInfo.ID with its Words, an identity by IdentityInfo.ID.
//   - Answers: L0 to L2 without Remember need the role approver; L3, and whatever
//     is remembered, a proof besides. A no never does.
//   - Another passkey: VerbConsoleNewKey with the token, then VerbPasskeyAdd as an
//     act, with a proof by a passkey that is there already, or the passphrase.
//
// Errors are [CallError]s; their Kind is denied for a wrong proof, role or
// session, limit when a passphrase may not be tried yet.
const (
	VerbConsoleSite    = "console.site"     // none → Site
	VerbConsoleBegin   = "console.begin"    // none → PasskeyAsk: to sign in with a passkey
	VerbConsoleSignIn  = "console.sign-in"  // SignIn → Session
	VerbConsoleSession = "console.session"  // Token → Session
	VerbConsoleSignOut = "console.sign-out" // Token → none
	VerbConsoleNewKey  = "console.new-key"  // NewKey → PasskeyNew: before VerbPasskeyAdd, or joining
	VerbConsoleProve   = "console.prove"    // Act → Proving
	VerbConsoleDo      = "console.do"       // Act → whatever its verb answers
)

// Where links with a code lead, below the console's origin: EnterPath + code to
// sign in once, JoinPath + code to come in as who was invited.
const (
	EnterPath = "/enter/"
	JoinPath  = "/join/"
)

// The verbs about people, for the command line, and in the console.
const (
	VerbPeopleList    = "people.list"     // none → []PersonInfo
	VerbPeopleInvite  = "people.invite"   // PersonArgs → PersonCode
	VerbPeopleRole    = "people.role"     // PersonArgs → PersonInfo
	VerbPeopleRemove  = "people.remove"   // Name → PersonInfo
	VerbPeopleSignOut = "people.sign-out" // PersonSession → PersonInfo
	VerbPasskeyAdd    = "passkey.add"     // NewPasskey → PersonInfo: in the console only, for oneself
	VerbPasskeyRemove = "passkey.remove"  // PasskeyName → PersonInfo
	VerbConsoleCode   = "console.code"    // Name → PersonCode: a link that signs in once, or sets up; for the command line only
)

// Site says who passkeys are for, and whether anybody can sign in yet.
type Site struct {
	Domain  string   `json:"domain"`  // the relying party's id
	Origins []string `json:"origins"` // of its pages
	// Closed says why nobody can sign in, in words; "" when people can.
	Closed string `json:"closed,omitempty"`
	// SetUp says that there is no vault yet.
	SetUp bool `json:"set_up,omitempty"`
	// Passkeys says that there is one to sign in with.
	Passkeys bool `json:"passkeys"`
	// Lang is the language that the signer speaks.
	Lang string `json:"lang"`
}

// PasskeyAsk is what a browser is asked to sign with a passkey, once, within
// two minutes. The person is to be verified.
type PasskeyAsk struct {
	Challenge   []byte    `json:"challenge"`
	Domain      string    `json:"domain"`
	Credentials [][]byte  `json:"credentials,omitempty"` // that may sign; none named: any that it finds
	Ends        time.Time `json:"ends_at"`
}

// PasskeyNew is what a browser is asked to make a passkey of.
type PasskeyNew struct {
	PasskeyAsk        // Credentials are those it has already
	User       []byte `json:"user"` // handle of the person
	Name       string `json:"name"`
	Algorithms []int  `json:"algorithms"`
}

// Assertion is what a browser signed with a passkey.
type Assertion struct {
	ID         []byte `json:"id"`
	ClientData []byte `json:"client_data"`
	AuthData   []byte `json:"auth_data"`
	Signature  []byte `json:"signature"`
}

// NewPasskey is a passkey that a browser made.
type NewPasskey struct {
	Label       string `json:"label"`
	ClientData  []byte `json:"client_data"`
	Attestation []byte `json:"attestation"`
}

// SignIn begins a session by one of: a passkey, the vault's passphrase (as an
// owner), a code of the command line, or the code of an invitation with the
// person's first passkey.
type SignIn struct {
	Assertion  *Assertion `json:"assertion,omitempty"`
	Passphrase []byte     `json:"passphrase,omitempty"`
	// Link is that of the app which sent the person here: the passphrase counts
	// for its acceptance, too.
	Link    string      `json:"link,omitempty"`
	Code    string      `json:"code,omitempty"`
	Passkey *NewPasskey `json:"passkey,omitempty"`
	Device  string      `json:"device,omitempty"` // what the browser says it is
}

// Token names a session. Only its hash is kept.
type Token struct {
	Token string `json:"token"`
}

// Session is a person's session in the console.
type Session struct {
	Token  string     `json:"token,omitempty"` // told once, when it begins
	ID     string     `json:"id"`              // names it in PersonInfo.Sessions
	Person PersonInfo `json:"person"`
	By     string     `json:"by"` // passkey, passphrase or code
	Ends   time.Time  `json:"ends_at"`
}

// NewKey asks to make a passkey: for a session's person, or for who was invited.
type NewKey struct {
	Token string `json:"token,omitempty"`
	Code  string `json:"code,omitempty"`
}

// Act is a call that a person makes in the console: Verb with Args, exactly as
// they are. A proof is an assertion over the challenge that VerbConsoleProve made
// over this verb, these bytes and this session, or the vault's passphrase.
type Act struct {
	Token      string          `json:"token"`
	Verb       string          `json:"verb"`
	Args       json.RawMessage `json:"args,omitempty"`
	Assertion  *Assertion      `json:"assertion,omitempty"`
	Passphrase []byte          `json:"passphrase,omitempty"`
}

// Proving says what an act needs beside the session.
type Proving struct {
	Needed bool        `json:"needed"` // a proof is
	Ask    *PasskeyAsk `json:"ask,omitempty"`
	// Passphrase says that the vault's passphrase proves it, too.
	Passphrase bool `json:"passphrase"`
}

// PersonArgs names a person with a role for an identity, or for all with "".
type PersonArgs struct {
	Name     string `json:"name"`
	Role     string `json:"role"`
	Identity string `json:"identity,omitempty"`
}

// PersonInfo shows a person.
type PersonInfo struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Roles    []RoleInfo    `json:"roles"`
	Passkeys []PasskeyInfo `json:"passkeys"`
	Sessions []SessionInfo `json:"sessions"`
	Created  time.Time     `json:"created_at"`
	Invited  *time.Time    `json:"invited_until,omitempty"` // and has not joined yet
}

// RoleInfo is a role for an identity, or for all with "".
type RoleInfo struct {
	Identity   string `json:"identity,omitempty"` // its name
	IdentityID string `json:"identity_id,omitempty"`
	Role       string `json:"role"`
}

// PasskeyInfo shows a passkey.
type PasskeyInfo struct {
	ID      string    `json:"id"`
	Label   string    `json:"label"`
	Domain  string    `json:"domain"` // it works there only
	Works   bool      `json:"works"`  // the console is there
	Created time.Time `json:"created_at"`
	Used    time.Time `json:"used_at,omitzero"`
}

// SessionInfo shows a session.
type SessionInfo struct {
	ID      string    `json:"id"`
	Device  string    `json:"device"`
	By      string    `json:"by"`
	Created time.Time `json:"created_at"`
	Ends    time.Time `json:"ends_at"`
}

// PersonCode is a code that works once; SetUp says that it leads to setting up,
// and is nobody's.
type PersonCode struct {
	SetUp     bool       `json:"set_up,omitempty"`
	Person    PersonInfo `json:"person"`
	Code      string     `json:"code"`
	Link      string     `json:"link"` // with the code in it
	ExpiresAt time.Time  `json:"expires_at"`
}

// PersonSession names a session of a person; all of them with "".
type PersonSession struct {
	Person  string `json:"person"` // by name or id
	Session string `json:"session,omitempty"`
}

// PasskeyName names one passkey of a person, by the start of its id or its label.
type PasskeyName struct {
	Person  string `json:"person"`
	Passkey string `json:"passkey"`
}
