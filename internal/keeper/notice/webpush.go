package notice

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"
)

// Web Push: the text is sealed to the browser (RFC 8291, aes128gcm), and what is
// sent is signed by a key that only this signer has (RFC 8292, VAPID).

const (
	pushFor    = 12 * time.Hour // how long a signature counts
	recordSize = 4096           // one record holds all of it
	maxPush    = 3000           // bytes of text
)

// Key signs what is sent to browsers' push services.
type Key struct{ key *ecdsa.PrivateKey }

// NewKey makes one.
func NewKey() (Key, error) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return Key{k}, err
}

// ParseKey reads what Bytes wrote.
func ParseKey(b []byte) (Key, error) {
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), b)
	return Key{k}, err
}

// Bytes is the secret key, to be sealed.
func (k Key) Bytes() ([]byte, error) { return k.key.Bytes() }

// Public is what browsers are told.
func (k Key) Public() (string, error) {
	b, err := k.key.PublicKey.Bytes()
	return base64.RawURLEncoding.EncodeToString(b), err
}

// Browser is where a browser takes pushes, and the key that opens them there.
type Browser struct {
	Endpoint string `json:"endpoint"`
	P256dh   []byte `json:"p256dh"` // its public key
	Auth     []byte `json:"auth"`   // a secret it shares
}

// ErrBrowser says that a browser's subscription makes no sense.
var ErrBrowser = errors.New("not the subscription of a browser")

// Check looks whether something can be sealed to it.
func (b Browser) Check() error {
	u, err := url.Parse(b.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(b.Endpoint) > 2048 || len(b.Auth) != 16 {
		return ErrBrowser
	}
	if _, err := ecdh.P256().NewPublicKey(b.P256dh); err != nil {
		return ErrBrowser
	}
	return nil
}

// Host is the push service, as it may be shown.
func (b Browser) Host() string {
	u, err := url.Parse(b.Endpoint)
	if err != nil {
		return ""
	}
	return u.Host
}

// Push is a request to a push service.
type Push struct {
	Headers map[string]string
	Body    []byte
}

// Push seals a text to a browser. Contact is whom the push service may write to:
// an https or mailto address.
func (k Key) Push(b Browser, text []byte, contact string, now time.Time) (Push, error) {
	own, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return Push{}, err
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	body, err := encrypt(b, own, salt, text)
	if err != nil {
		return Push{}, err
	}
	token, err := k.token(b.Endpoint, contact, now)
	if err != nil {
		return Push{}, err
	}
	public, err := k.Public()
	return Push{Body: body, Headers: map[string]string{
		"Content-Type": "application/octet-stream", "Content-Encoding": "aes128gcm", "TTL": "120", "Urgency": "high",
		"Authorization": "vapid t=" + token + ", k=" + public,
	}}, err
}

// encrypt is RFC 8291 §3.4 with a key pair and a salt of this message's own.
func encrypt(b Browser, own *ecdh.PrivateKey, salt, text []byte) ([]byte, error) {
	if len(text) > maxPush {
		return nil, errors.New("too long for a push")
	}
	peer, err := ecdh.P256().NewPublicKey(b.P256dh)
	if err != nil {
		return nil, ErrBrowser
	}
	shared, err := own.ECDH(peer)
	if err != nil {
		return nil, ErrBrowser
	}
	defer clear(shared)
	mine := own.PublicKey().Bytes()
	ikm, err := hkdf.Key(sha256.New, shared, b.Auth, "WebPush: info\x00"+string(b.P256dh)+string(mine), 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	out := binary.BigEndian.AppendUint32(append([]byte(nil), salt...), recordSize)
	out = append(append(out, byte(len(mine))), mine...)
	return aead.Seal(out, nonce, append(append([]byte(nil), text...), 2), nil), nil // 2: the last record
}

// token is who sends, for one push service and a few hours (RFC 8292 §2).
func (k Key) token(endpoint, contact string, now time.Time) (string, error) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return "", ErrBrowser
	}
	claims, err := json.Marshal(map[string]any{"aud": u.Scheme + "://" + u.Host, "exp": now.Add(pushFor).Unix(), "sub": contact})
	if err != nil {
		return "", err
	}
	enc := base64.RawURLEncoding
	text := strings.Join([]string{enc.EncodeToString([]byte(`{"typ":"JWT","alg":"ES256"}`)), enc.EncodeToString(claims)}, ".")
	digest := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, k.key, digest[:])
	if err != nil {
		return "", err
	}
	sig := make([]byte, 64)
	r.FillBytes(sig[:32])
	s.FillBytes(sig[32:])
	return text + "." + enc.EncodeToString(sig), nil
}
