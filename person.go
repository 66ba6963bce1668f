package privyseal

import "time"

// Role is what a person may do for an identity. The zero value may do nothing.
type Role uint8

// The roles, each with the rights of those before it.
const (
	RoleNone     Role = iota
	RoleAuditor       // look
	RoleApprover      // answer questions, and take rights away
	RoleOwner         // everything
)

// String names the role.
func (r Role) String() string {
	switch r {
	case RoleAuditor:
		return "auditor"
	case RoleApprover:
		return "approver"
	case RoleOwner:
		return "owner"
	case RoleNone:
	}
	return "none"
}

// ParseRole reads a role's name; unknown names are no role.
func ParseRole(name string) Role {
	for r := RoleAuditor; r <= RoleOwner; r++ {
		if r.String() == name {
			return r
		}
	}
	return RoleNone
}

// Person is somebody who may use the console. The command line needs none.
type Person struct {
	ID      string
	Name    string
	Created time.Time
	Roles   []RoleFor
	// Code is the SHA-256 of the one-time code that the person joins with, until
	// CodeEnds; zero once it is used.
	Code     [32]byte
	CodeEnds time.Time
}

// RoleFor is a person's role for one identity, or for all and the signer itself
// with "".
type RoleFor struct {
	Identity string
	Role     Role
}

// RoleOn is the person's role for an identity; with "" for everything.
func (p *Person) RoleOn(identity string) Role {
	best := RoleNone
	for _, r := range p.Roles {
		if r.Identity == "" || r.Identity == identity {
			best = max(best, r.Role)
		}
	}
	return best
}

// Passkey is a credential that a person proves an act with (WebAuthn).
type Passkey struct {
	ID      []byte // the credential's, as its maker chose it
	Person  string
	Label   string
	Domain  string // the relying party's id
	Key     []byte // public, as COSE
	Count   uint32 // signatures its maker counts; 0 when it does not
	Created time.Time
	Used    time.Time
}

// Login is a person's session in the console.
type Login struct {
	Hash    [32]byte // SHA-256 of its token
	Person  string
	Device  string // what the browser says it is
	By      string // passkey, passphrase or code
	Created time.Time
	Ends    time.Time
}
