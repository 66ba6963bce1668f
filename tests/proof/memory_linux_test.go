package proof

import (
	"bufio"
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"golang.org/x/crypto/chacha20poly1305"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/store/sqlite"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// part is the process of one half.
func (s *signer) part(name string) int {
	s.t.Helper()
	for _, pid := range family(s.cmd.Process.Pid) {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if bytes.Contains(line, []byte(name+"-half")) {
			return pid
		}
	}
	s.t.Fatalf("there is no %s", name)
	return 0
}

// writable reads all that a process can write to.
func writable(t testing.TB, pid int) []byte {
	t.Helper()
	maps, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	must(t, err)
	defer maps.Close()
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	must(t, err)
	defer mem.Close()
	var all []byte
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		var from, to int64
		var mode string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &mode); err != nil || !strings.HasPrefix(mode, "rw") || to-from > 1<<30 {
			continue
		}
		region := make([]byte, to-from)
		n, _ := mem.ReadAt(region, from) // some pages are nobody's to read
		all = append(all, region[:n]...)
	}
	return all
}

// limbs are a scalar as the curve's code holds it: the least byte first.
func limbs(raw []byte) []byte {
	b := bytes.Clone(raw)
	slices.Reverse(b)
	return b
}

// vaultKey opens the key-file seal of a vault as the vault does, from what its
// documentation says.
func vaultKey(t testing.TB, dir string) []byte {
	t.Helper()
	s, err := sqlite.OpenReadOnly(dir)
	must(t, err)
	defer s.Close()
	var seals []privyseal.Seal
	must(t, s.View(t.Context(), func(r store.Reader) (err error) { seals, err = r.Seals(); return err }))
	seal := seals[slices.IndexFunc(seals, func(x privyseal.Seal) bool { return x.Type == "keyfile" })]
	var p struct {
		Salt []byte
		Name string
	}
	must(t, json.Unmarshal(seal.Params, &p))
	key, err := hkdf.Key(sha256.New, []byte(keyText), p.Salt, "privyseal seal 1 "+seal.Type+" "+p.Name, chacha20poly1305.KeySize)
	must(t, err)
	aead, err := chacha20poly1305.NewX(key)
	must(t, err)
	bound := binary.BigEndian.AppendUint16([]byte("privyseal seal 1 "), uint16(len(seal.Type)))
	bound = append(append(bound, seal.Type...), seal.Params...)
	nonce, text := seal.Sealed[1:1+chacha20poly1305.NonceSizeX], seal.Sealed[1+chacha20poly1305.NonceSizeX:]
	root, err := aead.Open(nil, nonce, text, bound)
	must(t, err)
	return root
}

// TestFrontHoldsNoSecret reads the front's memory while the signer signs, opens
// and seals: no user key, no vault key, no passphrase, no key file is in it, in
// no form. The same search finds the user key in the keeper (T55, issue E).
func TestFrontHoldsNoSecret(t *testing.T) {
	const passphrase = "a passphrase nobody else has typed"
	sk, err := nostr.GenerateSecretKey()
	must(t, err)
	dir := t.TempDir()
	file, pass := filepath.Join(dir, "import"), filepath.Join(dir, "pass")
	must(t, os.WriteFile(file, []byte(sk.Nsec()), 0o600))
	must(t, os.WriteFile(pass, []byte(passphrase), 0o600))
	s := newSigner(t, nil, "--import-file", file, "--passphrase-file", pass).up()
	root := vaultKey(t, s.dir)
	wire := newTap(t, s.ready.Relay)
	a := newApp(t, "app", s.invite("--preset", "ask", "--allow", "sign_event:1,nip44_encrypt"))
	wire.join(a)
	s.run("lock")
	s.run("unlock", "--passphrase-file", pass)
	stop, done := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		for ; ; n++ {
			select {
			case <-stop:
				done <- n
				return
			default:
			}
			wire.all(a.sign(1, fmt.Sprint("note ", n)), a.request(nip46.Nip44Encrypt, a.pub.String(), fmt.Sprint("text ", n)))
		}
	}()
	secrets := map[string][]byte{
		"passphrase": []byte(passphrase), "key file": []byte(keyText),
		"vault key": root, "vault key, turned": limbs(root), "user key, turned": limbs(sk[:]),
	}
	for form, secret := range forms(sk[:], sk.Nsec()) {
		secrets["user key as "+form] = secret
	}
	var d secp256k1.ModNScalar // as BIP-340 uses it, it may be negated
	d.SetByteSlice(sk[:])
	negated := d.Negate().Bytes()
	secrets["user key, negated"], secrets["user key, negated and turned"] = negated[:], limbs(negated[:])
	size := 0
	for range 2 {
		front := writable(t, s.part("front"))
		size = max(size, len(front))
		if !bytes.Contains(front, []byte(s.ready.Relay)) {
			t.Error("the front's own address is not in its memory: this shows nothing")
		}
		for what, secret := range secrets {
			if bytes.Contains(front, secret) {
				t.Errorf("the front's memory holds the %s", what)
			}
		}
	}
	keeper := writable(t, s.part("keeper"))
	if !bytes.Contains(keeper, limbs(sk[:])) && !bytes.Contains(keeper, limbs(negated[:])) {
		t.Error("the user key is not found in the keeper: this search finds nothing")
	}
	close(stop)
	n := <-done
	if n == 0 {
		t.Error("nothing was signed meanwhile: this shows nothing")
	}
	figure(t, "memory of the front", "2 readings of %d MiB while %d notes were signed: no user key, vault key, passphrase or key file in %d forms; the same search finds the user key in the keeper", size>>20, n, len(secrets))
}

// TestHalvesAreConfined: every thread of the keeper and the front is under the
// filter and gains no rights, neither leaves a core dump when it crashes, and
// doctor says what is in force. What the confinement refuses is shown by
// sandbox.TestKeeperIsConfined and sandbox.TestFrontIsConfined.
func TestHalvesAreConfined(t *testing.T) {
	relay := startRelay(t, "")
	s := newSigner(t, []string{relay.ready.Relay})
	s.wrap = []string{"sh", "-c", `ulimit -c unlimited; exec "$0" "$@"`}
	s.work = t.TempDir()
	s.up()
	var found struct{ Findings []control.Finding }
	out, _ := s.command("doctor", "--json").Output()
	must(t, json.Unmarshal(out, &found))
	threads := 0
	for _, name := range []string{"keeper", "front"} {
		said := func(means string) bool {
			return slices.ContainsFunc(found.Findings, func(f control.Finding) bool { return f.Check == name && strings.Contains(f.Text, means) })
		}
		if !said("Landlock") || !said("seccomp") {
			t.Errorf("doctor says nothing of the %s: %+v", name, found.Findings)
		}
		pid := s.part(name)
		lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
		must(t, err)
		for _, path := range lists {
			status, err := os.ReadFile(path)
			if err != nil {
				continue // the thread ended
			}
			threads++
			if said("system calls confined") && (!bytes.Contains(status, []byte("\nSeccomp:\t2\n")) || !bytes.Contains(status, []byte("\nNoNewPrivs:\t1\n"))) {
				t.Errorf("a thread of the %s is not confined: %s", name, status)
			}
		}
		// It crashes, and is started anew; nothing is left of its memory.
		must(t, syscall.Kill(pid, syscall.SIGSEGV))
		for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
			if _, err := os.Stat(fmt.Sprintf("/proc/%d/maps", pid)); err != nil {
				break
			}
			if time.Since(began) > 20*time.Second {
				t.Fatalf("the %s lives on", name)
			}
		}
	}
	left, err := os.ReadDir(s.work)
	must(t, err)
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	wire := newTap(t, relay.ready.Relay)
	a := newApp(t, "app", s.invite("--preset", "ask", "--allow", "sign_event:1"))
	wire.join(a)
	wire.all(a.sign(1, "after both crashed"))
	figure(t, "confined halves", "%d threads of keeper and front under the filter, without new rights; both crashed (SIGSEGV) with core dumps allowed: none left", threads)
}
