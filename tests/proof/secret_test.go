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
	"time"

	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// TestTheSecretIsNowhere runs the real program with a known secret key through
// all it does, has it dump its goroutines, and searches everything it left and
// showed for the secret (T54).
func TestTheSecretIsNowhere(t *testing.T) {
	sk, err := nostr.GenerateSecretKey()
	must(t, err)
	nsec := sk.Nsec()
	raw := sk
	file := filepath.Join(t.TempDir(), "import")
	must(t, os.WriteFile(file, []byte(nsec), 0o600))
	relay := startRelay(t, "")
	s := newSigner(t, []string{relay.ready.Relay}, "--import-file", file)
	s.more = []string{"--log-level", "debug"}
	s.up()
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
	// What anybody may see: the command line's answers, the process, the files.
	seen := map[string][]byte{}
	for _, verb := range [][]string{{"identity", "list"}, {"apps", "list"}, {"activity", "export"}, {"settings", "list"}, {"relays", "list"}, {"doctor"}} {
		cmd := s.command(append([]string{"--json"}, verb...)...)
		seen[strings.Join(verb, " ")], _ = cmd.CombinedOutput()
	}
	bad, _ := s.command("identity", "add", "--name", "x", "--import-file", s.key()).CombinedOutput()
	seen["an error"] = bad
	for _, name := range []string{"environ", "cmdline"} {
		if seen[name], err = os.ReadFile(fmt.Sprintf("/proc/%d/%s", s.cmd.Process.Pid, name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", s.cmd.Process.Pid)); err != nil || !noCore(limits) {
		t.Errorf("the program may leave a core dump: %v", err)
	}
	_ = s.cmd.Process.Signal(syscall.SIGQUIT)
	select {
	case <-s.ended:
	case <-time.After(20 * time.Second):
		t.Fatal("SIGQUIT did not end it")
	}
	seen["the log and the dump"] = s.log.Bytes()
	if !bytes.Contains(s.log.Bytes(), []byte("goroutine ")) || !bytes.Contains(s.log.Bytes(), []byte("DEBUG")) && !bytes.Contains(s.log.Bytes(), []byte("debug")) && !bytes.Contains(s.log.Bytes(), []byte("answered")) {
		t.Error("there is no dump, or no log: this shows nothing")
	}
	for _, dir := range []string{s.dir, s.dir + "-state"} {
		must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				seen[path], err = os.ReadFile(path)
			}
			return err
		}))
	}
	total := 0
	for where, text := range seen {
		total += len(text)
		if strings.HasPrefix(filepath.Base(where), "core") {
			t.Errorf("a core dump: %s", where)
		}
		for form, secret := range forms(raw[:], nsec) {
			if bytes.Contains(text, secret) {
				t.Errorf("the secret, as %s, is in %s", form, where)
			}
		}
	}
	figure(t, "secret canary", "%d places, %d KiB: command line, environment, error texts, debug log, goroutine dump, database, state: the secret in no form; no core dump", len(seen), total>>10)
}

// forms are how a secret may be written, the opening key file's text with it.
func forms(raw []byte, nsec string) map[string][]byte {
	return map[string][]byte{
		"bytes": raw, "hex": []byte(hex.EncodeToString(raw)), "HEX": []byte(strings.ToUpper(hex.EncodeToString(raw))), "nsec": []byte(nsec),
		"base64": []byte(base64.RawStdEncoding.EncodeToString(raw)), "base64url": []byte(base64.RawURLEncoding.EncodeToString(raw)),
		"numbers": []byte(strings.Trim(fmt.Sprint(raw), "[]")), "key file": []byte(keyText),
	}
}

func noCore(limits []byte) bool {
	for line := range strings.Lines(string(limits)) {
		if rest, ok := strings.CutPrefix(line, "Max core file size"); ok {
			return strings.Fields(rest)[0] == "0"
		}
	}
	return false
}
