package privyseal

import "github.com/privyseal/privyseal/nip46"

// Operation is what an app asks the signer to do. The zero value is unknown
// and is refused.
type Operation uint8

// The operations of NIP-46. Legacy and foreign methods are OpUnknown.
const (
	OpUnknown Operation = iota
	OpConnect
	OpSignEvent
	OpPing
	OpGetPublicKey
	OpNip04Encrypt
	OpNip04Decrypt
	OpNip44Encrypt
	OpNip44Decrypt
	OpSwitchRelays
	OpLogout
)

// Operations lists every known operation.
var Operations = []Operation{
	OpConnect, OpSignEvent, OpPing, OpGetPublicKey, OpNip04Encrypt,
	OpNip04Decrypt, OpNip44Encrypt, OpNip44Decrypt, OpSwitchRelays, OpLogout,
}

var methods = map[Operation]nip46.Method{
	OpConnect: nip46.Connect, OpSignEvent: nip46.SignEvent, OpPing: nip46.Ping,
	OpGetPublicKey: nip46.GetPublicKey, OpNip04Encrypt: nip46.Nip04Encrypt,
	OpNip04Decrypt: nip46.Nip04Decrypt, OpNip44Encrypt: nip46.Nip44Encrypt,
	OpNip44Decrypt: nip46.Nip44Decrypt, OpSwitchRelays: nip46.SwitchRelays,
	OpLogout: nip46.Logout,
}

// OperationOf is the operation a method names, or OpUnknown.
func OperationOf(m nip46.Method) Operation {
	for op, name := range methods {
		if name == m {
			return op
		}
	}
	return OpUnknown
}

// Method is the operation's name on the wire; "" for OpUnknown.
func (o Operation) Method() nip46.Method { return methods[o] }

// String is the method's name, or "unknown".
func (o Operation) String() string {
	if m := methods[o]; m != "" {
		return string(m)
	}
	return "unknown"
}

// Signer says whose key does an operation's work.
type Signer uint8

// The classes of signing keys (R1).
const (
	SignerNone    Signer = iota // no key beyond the answer's envelope
	SignerUser                  // the person's key
	SignerSession               // the app's own remote-signer key
)

// Signer is the class of key the operation uses. Every operation has an entry.
func (o Operation) Signer() Signer {
	switch o {
	case OpSignEvent, OpNip04Encrypt, OpNip04Decrypt, OpNip44Encrypt, OpNip44Decrypt:
		return SignerUser
	case OpConnect, OpPing, OpGetPublicKey, OpSwitchRelays, OpLogout, OpUnknown:
		return SignerSession
	}
	return SignerNone
}

// Decrypts reports whether the operation opens a message.
func (o Operation) Decrypts() bool { return o == OpNip04Decrypt || o == OpNip44Decrypt }

// Cipher is an encryption of NIP-46 envelopes and of private messages.
type Cipher uint8

// The two encryptions; the zero value is none.
const (
	CipherUnknown Cipher = iota
	CipherNip44
	CipherNip04
)

// String names the cipher.
func (c Cipher) String() string {
	switch c {
	case CipherNip44:
		return "nip44"
	case CipherNip04:
		return "nip04"
	case CipherUnknown:
	}
	return "unknown"
}
