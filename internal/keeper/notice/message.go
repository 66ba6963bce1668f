package notice

import (
	"crypto/rand"
	"math/big"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// The kinds of a private message (NIP-17, NIP-59).
const (
	kindChat = nostr.Kind(14)
	kindSeal = nostr.Kind(13)
	kindWrap = nostr.Kind(1059)
)

// Writer is the key that a message is from.
type Writer interface {
	PublicKey() nostr.PubKey
	Sign(*nostr.Template) (*nostr.Event, error)
	Encrypt(c privyseal.Cipher, peer nostr.PubKey, plaintext string) (string, error)
}

// Wrap makes a private message: the text, unsigned, sealed by the writer, in a
// wrap by a key that is used once. The times of seal and wrap say nothing.
func Wrap(from Writer, to nostr.PubKey, text string, now time.Time) (*nostr.Event, error) {
	rumor := nostr.Event{PubKey: from.PublicKey(), CreatedAt: now.Unix(), Kind: kindChat, Tags: nostr.Tags{{"p", to.String()}}, Content: text}
	rumor.ID = rumor.ComputeID()
	sealed, err := from.Encrypt(privyseal.CipherNip44, to, unsigned(&rumor))
	if err != nil {
		return nil, err
	}
	seal, err := from.Sign(&nostr.Template{Kind: kindSeal, CreatedAt: past(now), Tags: nostr.Tags{}, Content: sealed})
	if err != nil {
		return nil, err
	}
	once, err := nostr.GenerateSecretKey()
	if err != nil {
		return nil, err
	}
	defer once.Wipe()
	pair, err := once.Keypair()
	if err != nil {
		return nil, err
	}
	key, err := nip44.NewConversationKey(pair, (*[32]byte)(&to))
	if err != nil {
		return nil, err
	}
	defer key.Wipe()
	content, err := nip44.Encrypt(&key, string(seal.AppendJSON(nil)))
	if err != nil {
		return nil, err
	}
	wrap := nostr.Template{Kind: kindWrap, CreatedAt: past(now), Tags: nostr.Tags{{"p", to.String()}}, Content: content}
	return wrap.Sign(pair, true)
}

// past is some moment of the last two days.
func past(now time.Time) int64 {
	n, err := rand.Int(rand.Reader, big.NewInt(2*24*3600))
	if err != nil {
		return now.Unix()
	}
	return now.Unix() - n.Int64()
}

// unsigned is an event without its signature, as nobody can show it around.
func unsigned(e *nostr.Event) string {
	raw := e.AppendJSON(nil)
	return string(raw[:len(raw)-len(`,"sig":""}`)-2*len(e.Sig)]) + "}"
}
