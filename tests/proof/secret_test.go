package proof

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// TestTheSecretIsNowhere runs the real program with a known secret key through
// all it does, and searches everything it left, said and showed for the secret
// (T54): answers and errors, the control socket's and HTTP's bytes, the log, a
// dump of its goroutines, its files, and the core dumps that it was asked for.
func TestTheSecretIsNowhere(t *testing.T) {
	t.Parallel()
	sk, err := nostr.GenerateSecretKey()
	must(t, err)
	nsec := sk.Nsec()
	raw := sk
	file := filepath.Join(t.TempDir(), "import")
	must(t, os.WriteFile(file, []byte(nsec), 0o600))
	relay := startRelay(t, "")
	s := newSigner(t, []string{relay.ready.Relay}, "--import-file", file)
	s.more = []string{"--own-relay=true", "--log-level", "debug"}
	s.wrap = []string{"sh", "-c", `ulimit -c unlimited; GOTRACEBACK=crash exec "$0" "$@"`}
	s.work = t.TempDir()
	s.up()
	seen := places{}
	listen := seen.controlSocket(t, s)
	wire := newTap(t, relay.ready.Relay)
	a := newApp(t, "app", s.invite("--preset", "ask", "--allow", "sign_event:1,nip44_encrypt,nip44_decrypt"))
	wire.join(a)
	kp, err := sk.Keypair()
	must(t, err)
	user := kp.PublicKey()
	ck, err := nip44.NewConversationKey(a.key, (*[32]byte)(&user))
	must(t, err)
	sealed, err := nip44.Encrypt(&ck, "a text")
	must(t, err)
	wire.all(a.sign(1, "a note"), a.request(nip46.GetPublicKey),
		a.request(nip46.Nip44Encrypt, a.pub.String(), "x"), a.request(nip46.Nip44Decrypt, a.pub.String(), sealed),
		a.request(nip46.Nip44Decrypt, a.pub.String(), "nonsense"), a.request(nip46.SignEvent, "{"), a.request("no_such_method"))
	seen.commands(s)
	seen.http(t, s)
	seen["the control socket"] = listen()
	for _, pid := range family(s.cmd.Process.Pid) {
		seen.process(t, pid)
	}
	_ = s.cmd.Process.Signal(syscall.SIGQUIT)
	s.gone(t)
	seen["the log and the dump"] = s.log.Bytes()
	if !bytes.Contains(s.log.Bytes(), []byte("goroutine ")) || !bytes.Contains(s.log.Bytes(), []byte("answered")) {
		t.Error("there is no dump, or no log: this shows nothing")
	}
	s.up()
	_ = s.cmd.Process.Signal(syscall.SIGSEGV)
	s.gone(t)
	seen["the log of a crash"] = s.log.Bytes()
	for _, dir := range []string{s.dir, s.dir + "-state", s.work} {
		seen.files(t, dir)
	}
	total := 0
	for where, text := range seen {
		total += len(text)
		if strings.HasPrefix(filepath.Base(where), "core") {
			t.Errorf("a core dump: %s", where)
		}
		if len(text) == 0 && !filepath.IsAbs(where) {
			t.Errorf("%s is empty: this shows nothing", where)
		}
		for form, secret := range forms(raw[:], nsec) {
			if bytes.Contains(text, secret) {
				t.Errorf("the secret, as %s, is in %s", form, where)
			}
		}
	}
	figure(t, "secret canary", "%d places, %d KiB: answers and errors of the command line, control socket, HTTP, environment, debug log, goroutine dump, crash, database, state: the secret in no form; no core dump, though asked for twice", len(seen), total>>10)
}

// forms are how a secret may be written, the opening key file's text with it.
func forms(raw []byte, nsec string) map[string][]byte {
	digits := hex.EncodeToString(raw)
	all := map[string][]byte{
		"bytes": raw, "hex": []byte(digits), "HEX": []byte(strings.ToUpper(digits)), "nsec": []byte(nsec),
		"numbers": []byte(strings.Trim(fmt.Sprint(raw), "[]")), "key file": []byte(keyText),
	}
	for name, text := range map[string][]byte{"bytes": raw, "hex": []byte(digits), "nsec": []byte(nsec), "key file": []byte(keyText)} {
		for at := range 3 { // base64 of something larger that holds it
			for alphabet, enc := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
				in := enc.EncodeToString(append(make([]byte, at), text...))
				all[fmt.Sprintf("%s of %s at %d", alphabet, name, at)] = []byte(in[4 : len(in)-4])
			}
		}
	}
	return all
}

// The search finds a secret in every form.
func TestFormsFindASecret(t *testing.T) {
	raw := bytes.Repeat([]byte{0xa7, 0x11, 0xfe, 0x30}, 8)
	for _, text := range []string{
		"x" + string(raw), fmt.Sprintf("key=%x", raw), fmt.Sprintf("%X", raw), fmt.Sprint(raw),
		base64.StdEncoding.EncodeToString(append([]byte("{\"k\":\""), raw...)), base64.URLEncoding.EncodeToString(fmt.Appendf(nil, "ab%x", raw)),
		"nsec1xyz", keyText,
	} {
		found := false
		for _, secret := range forms(raw, "nsec1xyz") {
			found = found || bytes.Contains([]byte(text), secret)
		}
		if !found {
			t.Errorf("not found in %q", text)
		}
	}
}
