package vault

// Purpose separates what is sealed for one use from every other use: each has
// a subkey of its own. The zero value is refused.
type Purpose uint8

// The purposes.
const (
	PurposeUnknown   Purpose = iota
	PurposeUserKey           // a person's secret key; id is the identity
	PurposeSignerKey         // an app's remote-signer key; id is the key's
	PurposeAnswer            // a stored answer
	PurposeWords             // a question's words
	PurposeRequest           // an open request
	PurposeAnnounce          // what the signer's own announcements keep
	PurposeVersion           // an event that may be replaced; id is all that its row says
	PurposeBackup            // what a backup keeps
	PurposePowers            // a digest of what an app may do; id is the app
	PurposeNotices           // how people are told that a question waits
)

// String names the purpose. The names are part of the sealed format.
func (p Purpose) String() string {
	switch p {
	case PurposeUserKey:
		return "user key"
	case PurposeSignerKey:
		return "signer key"
	case PurposeAnswer:
		return "answer"
	case PurposeWords:
		return "words"
	case PurposeRequest:
		return "request"
	case PurposeAnnounce:
		return "announce"
	case PurposeVersion:
		return "version"
	case PurposeBackup:
		return "backup"
	case PurposePowers:
		return "powers"
	case PurposeNotices:
		return "notices"
	case PurposeUnknown:
	}
	return "unknown"
}

func (p Purpose) known() bool { return p > PurposeUnknown && p <= PurposeNotices }
