package vault

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip49"
)

// maxImport bounds what is looked at, in bytes: an ncryptsec has 162.
const maxImport = 4096

// ParseImport reads a secret key as people have it: nsec, 64 hex digits or
// ncryptsec, with blanks, line ends or a byte order mark around, also in
// UTF-16. It asks for the password only for an ncryptsec. Its errors never
// repeat the input. The caller wipes data and the answer.
func ParseImport(data []byte, password func() (string, error)) (sk nostr.SecretKey, err error) {
	if len(data) > maxImport {
		return sk, notAKey("this is too long to be a secret key")
	}
	text, wipe := importText(data)
	defer wipe()
	prefix, _, _ := strings.Cut(strings.ToLower(text), "1")
	switch {
	case text == "":
		return sk, notAKey("there is no key in it")
	case prefix == "nsec", isHex(text):
		erasing(func() { sk, err = nostr.ParseSecretKey(text) })
		if err != nil {
			clear(sk[:])
			return sk, notAKey("this secret key has a typing error: its check digits or range are wrong")
		}
		return sk, nil
	case prefix == "ncryptsec":
		return parseEncrypted(text, password)
	case prefix == "npub", prefix == "nprofile":
		return sk, notAKey("this is a public key (" + prefix + "); the secret key starts with nsec")
	case prefix == "note", prefix == "nevent", prefix == "naddr", prefix == "nrelay":
		return sk, notAKey("this names something public (" + prefix + "); the secret key starts with nsec")
	case strings.HasPrefix(strings.ToLower(text), "bunker:"), strings.HasPrefix(strings.ToLower(text), "nostrconnect:"):
		return sk, notAKey("this is a pairing link, not a secret key")
	case len(strings.Fields(text)) >= 12:
		return sk, notAKey("these look like seed words, which cannot be imported; export the nsec from the app that made them")
	}
	return sk, notAKey("this is not a secret key")
}

func parseEncrypted(text string, password func() (string, error)) (sk nostr.SecretKey, err error) {
	if password == nil {
		return sk, invalid("this key is encrypted and needs its password", "")
	}
	pass, err := password()
	if err != nil {
		return sk, err
	}
	// A bech32 string is all lower or all upper case.
	erasing(func() { sk, err = nip49.Decrypt(text, pass) })
	releaseMemory()
	switch {
	case err == nil && sk == (nostr.SecretKey{}):
		return sk, notAKey("this encrypted key holds no possible secret key")
	case err == nil:
		return sk, nil
	case errors.Is(err, nip49.ErrPassword):
		return nostr.SecretKey{}, fail(privyseal.KindDenied, "wrong password for this encrypted key", "try again", nil)
	case errors.Is(err, nip49.ErrCostTooHigh):
		return nostr.SecretKey{}, notAKey("this encrypted key asks for more memory than is reasonable (beyond 1 GiB)")
	}
	return nostr.SecretKey{}, notAKey("this encrypted key (ncryptsec) has a typing error or is incomplete")
}

// importText strips what editors and shells put around a key.
func importText(data []byte) (text string, wipe func()) {
	b := bytes.Clone(data)
	if bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff}) {
		narrow := b[:0] // a key is ASCII: every other byte is zero
		for _, c := range b[2:] {
			if c != 0 {
				narrow = append(narrow, c)
			}
		}
		b = b[:len(narrow)]
	}
	whole := b[:cap(b)]
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	return string(bytes.TrimSpace(b)), func() { clear(whole) }
}

func isHex(text string) bool {
	_, err := hex.DecodeString(text)
	return err == nil && len(text) == 64
}

func notAKey(msg string) error {
	return invalid(msg, "give an nsec, 64 hex digits, or an ncryptsec with its password")
}
