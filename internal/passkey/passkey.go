// Package passkey verifies what a browser makes of a passkey (WebAuthn level 3):
// new credentials, and signatures over a challenge. It refuses another site's
// or another ceremony's, one without a person present and verified, and every
// algorithm but ES256, EdDSA and RS256. It keeps nothing, and does not judge who
// made an authenticator: attestation is not looked at.
package passkey

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
)

// Site is who passkeys are for (the relying party).
type Site struct {
	Domain  string   // its id, such as seal.example or localhost
	Origins []string // where its pages come from, such as https://seal.example
}

// Credential is a new passkey.
type Credential struct {
	ID    []byte
	Key   []byte // public, as COSE
	Count uint32
}

// Assertion is a signature of a passkey.
type Assertion struct {
	ID         []byte // of the credential
	ClientData []byte // JSON, as the browser made it
	AuthData   []byte
	Signature  []byte
}

// Bounds of what is read.
const (
	maxClientData = 8 << 10
	maxAuthData   = 8 << 10
	maxID         = 1023 // WebAuthn's own
	maxKey        = 2 << 10
)

// Errors of verification.
var (
	ErrMalformed = errors.New("passkey: malformed")
	ErrNotThis   = errors.New("passkey: made for something else")
	ErrNobody    = errors.New("passkey: no person was verified")
	ErrSignature = errors.New("passkey: the signature is wrong")
	ErrAlgorithm = errors.New("passkey: its algorithm is not supported")
)

// Challenge is what a browser was asked to sign; nothing of it is verified.
func Challenge(clientData []byte) ([]byte, error) {
	c, err := parseClient(clientData)
	if err != nil {
		return nil, err
	}
	return c.challenge, nil
}

// Register verifies a new credential that a browser made for a challenge.
func (s Site) Register(challenge, clientData, attestation []byte) (Credential, error) {
	if err := s.client(clientData, "webauthn.create", challenge); err != nil {
		return Credential{}, err
	}
	raw, err := authDataOf(attestation)
	if err != nil {
		return Credential{}, err
	}
	d, err := parseAuth(raw, true)
	if err != nil {
		return Credential{}, err
	}
	if err := s.auth(d); err != nil {
		return Credential{}, err
	}
	if _, err := parseKey(d.key); err != nil {
		return Credential{}, err
	}
	return Credential{ID: d.id, Key: d.key, Count: d.count}, nil
}

// Assert verifies a signature over a challenge by a known credential's key; it
// answers how many signatures its maker counts.
func (s Site) Assert(challenge, key []byte, a Assertion) (count uint32, err error) {
	if err := s.client(a.ClientData, "webauthn.get", challenge); err != nil {
		return 0, err
	}
	d, err := parseAuth(a.AuthData, false)
	if err != nil {
		return 0, err
	}
	if err := s.auth(d); err != nil {
		return 0, err
	}
	k, err := parseKey(key)
	if err != nil {
		return 0, err
	}
	hash := sha256.Sum256(a.ClientData)
	if !k.verify(append(bytes.Clone(a.AuthData), hash[:]...), a.Signature) {
		return 0, ErrSignature
	}
	return d.count, nil
}

// client checks what the browser signed: which ceremony, challenge and page.
func (s Site) client(raw []byte, ceremony string, challenge []byte) error {
	c, err := parseClient(raw)
	switch {
	case err != nil:
		return err
	case len(challenge) < 16 || subtle.ConstantTimeCompare(c.challenge, challenge) != 1,
		c.Type != ceremony, !slices.Contains(s.Origins, c.Origin), c.CrossOrigin:
		return ErrNotThis
	}
	return nil
}

// auth checks what the authenticator signed: for which site, and that a person
// was there and is who they were.
func (s Site) auth(d authData) error {
	domain := sha256.Sum256([]byte(s.Domain))
	switch {
	case s.Domain == "" || d.domain != domain:
		return ErrNotThis
	case d.flags&(flagPresent|flagVerified) != flagPresent|flagVerified:
		return ErrNobody
	}
	return nil
}

type clientData struct {
	Type        string `json:"type"`
	Challenge   string `json:"challenge"`
	Origin      string `json:"origin"`
	CrossOrigin bool   `json:"crossOrigin"`
	challenge   []byte
}

func parseClient(raw []byte) (c clientData, err error) {
	if len(raw) > maxClientData || json.Unmarshal(raw, &c) != nil {
		return c, ErrMalformed
	}
	if c.challenge, err = base64.RawURLEncoding.DecodeString(c.Challenge); err != nil {
		return c, ErrMalformed
	}
	return c, nil
}

// Flags of authenticator data.
const (
	flagPresent    = 1 << 0
	flagVerified   = 1 << 2
	flagCredential = 1 << 6
	flagExtensions = 1 << 7
)

// authData is what an authenticator signs.
type authData struct {
	domain  [32]byte
	flags   byte
	count   uint32
	id, key []byte // of a new credential
}

func parseAuth(raw []byte, fresh bool) (d authData, err error) {
	if len(raw) < 37 || len(raw) > maxAuthData {
		return d, ErrMalformed
	}
	d.domain, d.flags, d.count = [32]byte(raw[:32]), raw[32], binary.BigEndian.Uint32(raw[33:37])
	rest := raw[37:]
	if fresh != (d.flags&flagCredential != 0) {
		return d, ErrMalformed
	}
	if fresh {
		if len(rest) < 18 {
			return d, ErrMalformed
		}
		n := int(binary.BigEndian.Uint16(rest[16:18]))
		if rest = rest[18:]; n == 0 || n > maxID || n > len(rest) {
			return d, ErrMalformed
		}
		d.id, rest = bytes.Clone(rest[:n]), rest[n:]
		if d.key, rest, err = firstItem(rest); err != nil || len(d.key) > maxKey {
			return d, ErrMalformed
		}
	}
	if d.flags&flagExtensions != 0 {
		if _, rest, err = firstItem(rest); err != nil {
			return d, ErrMalformed
		}
	}
	if len(rest) > 0 {
		return d, ErrMalformed
	}
	return d, nil
}
