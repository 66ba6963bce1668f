package ask

import "github.com/privyseal/privyseal"

// Sort says which questions may share a card. Alone, the zero value, never do.
type Sort uint8

// The sorts.
const (
	Alone  Sort = iota
	Public      // what others will see
	Login       // telling a place who one is
	Write       // private texts for others
	Read        // private texts handed to an app
)

// Kinds that are no public post.
const (
	kindOldMessage = 4
	kindSeal       = 13
	kindRelayLogin = 22242
	kindFile       = 24242
	kindWebLogin   = 27235
)

// SortOf is the sort of a question about an operation. What is serious stands
// alone, so that no yes to several things holds it.
func SortOf(op privyseal.Operation, kind int, level privyseal.Level) Sort {
	if level.AtLeast(privyseal.L3) {
		return Alone
	}
	switch op {
	case privyseal.OpNip04Decrypt, privyseal.OpNip44Decrypt:
		return Read
	case privyseal.OpNip04Encrypt, privyseal.OpNip44Encrypt:
		return Write
	case privyseal.OpSignEvent:
	case privyseal.OpUnknown, privyseal.OpConnect, privyseal.OpPing, privyseal.OpGetPublicKey,
		privyseal.OpSwitchRelays, privyseal.OpLogout:
		return Alone
	}
	switch kind {
	case kindOldMessage, kindSeal:
		return Write
	case kindRelayLogin, kindFile, kindWebLogin:
		return Login
	}
	return Public
}
