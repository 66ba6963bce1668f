// Package passkeytest is an authenticator with its browser, for tests. It refuses
// nothing: what a test asks for it makes, however wrong.
package passkeytest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math/big"

	"github.com/fxamacker/cbor/v2"

	"github.com/privyseal/privyseal/internal/passkey"
)

// Authenticator holds one passkey.
type Authenticator struct {
	ID        []byte
	Domain    string
	Origin    string
	Count     uint32 // of the next signature; it goes up with each unless it is 0
	Flags     byte   // present and verified, unless a test says otherwise
	Algorithm int
	signer    crypto.Signer
}

// New makes one, by its algorithm's COSE number.
func New(algorithm int, domain, origin string) *Authenticator {
	a := &Authenticator{ID: make([]byte, 16), Domain: domain, Origin: origin, Count: 1, Flags: 5, Algorithm: algorithm}
	_, _ = rand.Read(a.ID)
	var err error
	switch algorithm {
	case -8:
		_, a.signer, err = ed25519.GenerateKey(rand.Reader)
	case -257:
		a.signer, err = rsa.GenerateKey(rand.Reader, 2048)
	default:
		a.signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	if err != nil {
		panic(err)
	}
	return a
}

// Key is the public key as COSE.
func (a *Authenticator) Key() []byte {
	m := map[int]any{3: a.Algorithm}
	switch k := a.signer.Public().(type) {
	case *ecdsa.PublicKey:
		raw, err := k.Bytes()
		if err != nil {
			panic(err)
		}
		m[1], m[-1], m[-2], m[-3] = 2, 1, raw[1:33], raw[33:]
	case ed25519.PublicKey:
		m[1], m[-1], m[-2] = 1, 6, []byte(k)
	case *rsa.PublicKey:
		m[1], m[-1], m[-2] = 3, k.N.Bytes(), big.NewInt(int64(k.E)).Bytes()
	}
	return encode(m)
}

var canonical = func() cbor.EncMode {
	mode, err := cbor.CTAP2EncOptions().EncMode()
	if err != nil {
		panic(err)
	}
	return mode
}()

func encode(v any) []byte {
	b, err := canonical.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// ClientData is what the browser adds.
func (a *Authenticator) ClientData(ceremony string, challenge []byte) []byte {
	raw, err := json.Marshal(map[string]any{
		"type": ceremony, "challenge": base64.RawURLEncoding.EncodeToString(challenge), "origin": a.Origin, "crossOrigin": false,
	})
	if err != nil {
		panic(err)
	}
	return raw
}

func (a *Authenticator) authData(flags byte) []byte {
	domain := sha256.Sum256([]byte(a.Domain))
	b := append(domain[:], flags)
	b = binary.BigEndian.AppendUint32(b, a.Count)
	if a.Count > 0 {
		a.Count++
	}
	return b
}

// Register makes a new credential for a challenge.
func (a *Authenticator) Register(challenge []byte) (clientData, attestation []byte) {
	auth := append(a.authData(a.Flags|1<<6), make([]byte, 16)...)
	auth = binary.BigEndian.AppendUint16(auth, uint16(len(a.ID)))
	auth = append(append(auth, a.ID...), a.Key()...)
	return a.ClientData("webauthn.create", challenge), encode(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": auth})
}

// Assert signs a challenge.
func (a *Authenticator) Assert(challenge []byte) passkey.Assertion {
	out := passkey.Assertion{ID: a.ID, ClientData: a.ClientData("webauthn.get", challenge), AuthData: a.authData(a.Flags)}
	hash := sha256.Sum256(out.ClientData)
	message := append(append([]byte{}, out.AuthData...), hash[:]...)
	opts := crypto.SignerOpts(crypto.Hash(0))
	if a.Algorithm != -8 {
		digest := sha256.Sum256(message)
		message, opts = digest[:], crypto.SHA256
	}
	var err error
	if out.Signature, err = a.signer.Sign(rand.Reader, message, opts); err != nil {
		panic(err)
	}
	return out
}
