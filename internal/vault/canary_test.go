package vault

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

// canary knows secrets and looks for them, whole or by the first half, in
// whatever a program might print (T54).
type canary struct {
	out   bytes.Buffer
	forms map[string]string
}

func newCanary(secrets map[string][]byte) *canary {
	c := &canary{forms: make(map[string]string)}
	for name, secret := range secrets {
		half := secret[:len(secret)/2]
		bare := func(s string) string { return strings.Trim(s, "[]{}\"") }
		for form, text := range map[string]string{
			"raw":       string(half),
			"hex":       hex.EncodeToString(half),
			"HEX":       strings.ToUpper(hex.EncodeToString(half)),
			"base64":    base64.StdEncoding.EncodeToString(secret)[:len(half)],
			"base64url": base64.RawURLEncoding.EncodeToString(secret)[:len(half)],
			"quoted":    bare(fmt.Sprintf("%q", string(half))),
			"decimal":   bare(fmt.Sprint(half)),
			"JSON list": strings.ReplaceAll(bare(fmt.Sprint(half)), " ", ","),
			"Go":        strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", half), "[]byte{"), "}"),
			"nsec":      strings.TrimPrefix(nostr.EncodeBech32("nsec", secret), "nsec1")[:len(half)],
		} {
			c.forms[name+" as "+form] = text
		}
	}
	return c
}

// show prints a value in every way there is.
func (c *canary) show(values ...any) {
	text, js := slog.New(slog.NewTextHandler(&c.out, nil)), slog.New(slog.NewJSONHandler(&c.out, nil))
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%X", "% x", "%s", "%q", "%d", "%T"} {
			fmt.Fprintf(&c.out, verb+"\n", value)
		}
		if b, err := json.Marshal(value); err == nil {
			c.out.Write(b)
		} else {
			fmt.Fprintln(&c.out, err)
		}
		text.Info("value", "value", value)
		js.Info("value", "value", value)
		if err, ok := value.(error); ok {
			for ; err != nil; err = errors.Unwrap(err) {
				fmt.Fprintf(&c.out, "%v %+v %#v\n", err, err, err)
			}
		}
	}
}

func (c *canary) found() (forms []string) {
	for form, text := range c.forms {
		if strings.Contains(c.out.String(), text) {
			forms = append(forms, form)
		}
	}
	return forms
}

// stream is predictable randomness, no byte like its neighbours.
type stream struct{ state uint32 }

func (s *stream) Read(b []byte) (int, error) {
	for i := range b {
		s.state = s.state*1664525 + 1013904223
		b[i] = byte(s.state >> 24)
	}
	return len(b), nil
}

func draw(t *testing.T, r io.Reader) []byte {
	t.Helper()
	b := make([]byte, 32)
	if _, err := io.ReadFull(r, b); err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCanaryIsAlive: what leaks is found, in every form.
func TestCanaryIsAlive(t *testing.T) {
	secret := draw(t, &stream{state: 1})
	for name, leak := range map[string]any{
		"bytes": secret, "array": [32]byte(secret), "string": string(secret), "text": hex.EncodeToString(secret),
		"nsec": nostr.EncodeBech32("nsec", secret), "error": fmt.Errorf("bad key %x", secret),
		"nested": struct{ Key []byte }{secret}, "pointer": &struct{ key []byte }{secret},
	} {
		c := newCanary(map[string][]byte{"key": secret})
		c.show(leak)
		if c.found() == nil {
			t.Errorf("%s was not found", name)
		}
	}
}

// TestNothingLeaks uses every exported name, rightly and wrongly, and prints
// all that comes back but plaintexts asked for.
func TestNothingLeaks(t *testing.T) {
	random := &stream{state: 7}
	preview := &stream{state: 7}
	vaultKey := draw(t, preview)
	v := New(Options{Rand: random, MinCost: 1, Memory: 64})
	t.Cleanup(v.Close)
	if err := v.Create(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(v.root.key[:], vaultKey) {
		t.Fatal("the canary does not know the vault key")
	}
	preview.state = random.state
	userSecret := draw(t, preview)
	pub, sealedUser, err := v.NewUserKey("me")
	if err != nil {
		t.Fatal(err)
	}
	preview.state = random.state
	signerSecret := draw(t, preview)
	signerPub, sealedSigner, err := v.NewSignerKey("app")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := &stream{state: 99}
	imported := draw(t, elsewhere)
	pass := []byte("a canary's long passphrase, 32 b")
	material := draw(t, elsewhere)
	c := newCanary(map[string][]byte{
		"vault key": vaultKey, "user key": userSecret, "signer key": signerSecret,
		"purpose key": bytes.Clone(v.subkeys[PurposeUserKey].key[:]), "imported key": imported, "passphrase": pass, "key file": material,
	})
	show := c.show

	show(v, v.userCache, v.subkeys, v.root, v.root.key == nil, pub, signerPub, sealedUser, sealedSigner, Secret(userSecret), []Secret{userSecret},
		struct{ S Secret }{pass}, map[string]any{"k": Secret(material)}, Hardening(), PurposeUserKey)
	for _, seal := range []func() (privyseal.Seal, error){
		func() (privyseal.Seal, error) { return v.SealWithPassphrase(pass) },
		func() (privyseal.Seal, error) { return v.SealWithKeyFile(material) },
		func() (privyseal.Seal, error) { return v.SealWithCredential("cred", material) },
		func() (privyseal.Seal, error) { return v.SealWithKeyFile(material[:20]) },
		func() (privyseal.Seal, error) { return v.SealWithPassphrase(bytes.Repeat(pass, 40)) },
	} {
		s, err := seal()
		show(s, err)
		seals := []privyseal.Seal{s}
		show(v.UnlockPassphrase(seals, pass), v.CheckPassphrase(seals, material), v.UnlockKeyFile(seals, material),
			v.UnlockKeyFile(seals, pass), v.UnlockCredential(seals, "cred", material), v.UnlockCredential(seals, "x", pass))
	}
	use := func() {
		for _, get := range []func() (Key, error){
			func() (Key, error) { return v.UserKey("me", sealedUser) },
			func() (Key, error) { return v.UserKey("me", sealedSigner) },
			func() (Key, error) { return v.UserKey("you", userSecret) },
			func() (Key, error) { return v.SignerKey("app", sealedSigner) },
			func() (Key, error) { return v.SignerKey("other", sealedSigner) },
		} {
			k, err := get()
			show(k, err)
			if k == nil {
				continue
			}
			e, err := k.Sign(&nostr.Template{Kind: 1, CreatedAt: 1})
			show(e, err)
			_, err = k.Sign(&nostr.Template{Kind: 1, CreatedAt: -1})
			show(err)
			for _, cipher := range []privyseal.Cipher{privyseal.CipherNip44, privyseal.CipherNip04, privyseal.CipherUnknown} {
				payload, err := k.Encrypt(cipher, pub, "text")
				show(payload, err)
				text, err := k.Decrypt(cipher, signerPub, payload)
				show(text, err)
				_, err = k.Decrypt(cipher, nostr.PubKey(userSecret), string(userSecret))
				show(err)
			}
		}
		sealed, err := v.Seal(PurposeAnswer, "id", 1, userSecret)
		show(sealed, err)
		_, err = v.Open(PurposeAnswer, "id", 2, sealed)
		show(err)
		exported, err := v.ExportUserKey("me", sealedUser, "password", 1)
		show(exported, err)
		_, err = v.ExportUserKey("me", sealedUser, string(pass), 99)
		show(err)
	}
	use()
	v.Lock()
	use()

	sk := nostr.SecretKey(imported)
	show(sk, &sk)
	_, _, err = v.ImportUserKey("locked", &sk)
	show(err, sk)
	password := func() (string, error) { return string(pass), nil }
	for _, text := range []string{
		hex.EncodeToString(imported)[1:], hex.EncodeToString(imported), string(imported), string(pass),
		nostr.EncodeBech32("nsec", imported), nostr.EncodeBech32("nsec", imported) + "q", nostr.EncodeBech32("nsec", imported[:31]),
		nostr.EncodeBech32("ncryptsec", imported), nostr.EncodeBech32("npub", imported), "bunker://" + hex.EncodeToString(imported),
	} {
		got, err := ParseImport([]byte(text), password)
		show(got, &got, err)
	}
	var backup bytes.Buffer
	show(sealBackup(pass, bytes.NewReader(imported), &backup, 1), backup.Bytes(),
		OpenBackup(material, bytes.NewReader(backup.Bytes()), io.Discard), OpenBackup(pass, bytes.NewReader(imported), io.Discard),
		OpenBackup(pass, bytes.NewReader(backup.Bytes()[:backup.Len()-1]), io.Discard), CheckStrength(pass[:5]))
	if forms := c.found(); forms != nil {
		t.Fatalf("leaked: %v", forms) // names of forms, never what was found
	}
}
