package proof

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

var keep = flag.String("keep", "", "write a data directory of this release to testdata/kept/NAME")

// kept is what is known of a data directory that a release left.
type kept struct {
	Client  string          // secret key of the app "kept", which may sign notes
	Revoked string          // that of an app that was revoked
	Signers [2]nostr.PubKey // their signer keys
	Spent   string          // a link that was used
	Head    uint64          // the end of the record
	Hash    string
}

// keptState is the state directory beside the data, where that release had one.
const keptState = "state"

// TestKeptDataGoesOn starts the real program on a data directory of each
// release: the same apps go on with their sessions, what was revoked or used
// stays so, and the record goes on from where it was (promise 6).
func TestKeptDataGoesOn(t *testing.T) {
	t.Parallel()
	if *keep != "" {
		writeKept(t, filepath.Join("testdata/kept", *keep))
	}
	all, err := filepath.Glob("testdata/kept/*")
	must(t, err)
	if len(all) == 0 {
		t.Fatal("no release's data is kept")
	}
	for _, from := range all {
		t.Run(filepath.Base(from), func(t *testing.T) {
			relay := startRelay(t, "")
			path, err := program()
			must(t, err)
			s := &signer{path: path, dir: filepath.Join(t.TempDir(), "d"), relays: []string{relay.ready.Relay}, process: &process{t: t}}
			must(t, os.CopyFS(s.dir, os.DirFS(from)))
			if err := os.Rename(filepath.Join(s.dir, keptState), s.dir+"-state"); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			var k kept
			raw, err := os.ReadFile(filepath.Join(from, "kept.json"))
			must(t, err)
			must(t, json.Unmarshal(raw, &k))
			must(t, os.WriteFile(s.key(), []byte(keyText), 0o600))
			s.up()
			defer s.kill()
			wire := newTap(t, relay.ready.Relay)
			k.goesOn(t, s, wire, "kept")
			s.kill()
			s.up() // the second time there is nothing to take over
			sealed := 0
			for _, r := range s.records() {
				if r.Seq == k.Head && r.Hash != k.Hash {
					t.Errorf("entry %d of the record is another", r.Seq)
				}
				if strings.Contains(r.Detail, "is sealed from here on") {
					sealed++
				}
				if strings.Contains(r.Detail, "past the signer") {
					t.Errorf("old data is taken for tampered with: %s", r.Detail)
				}
			}
			if sealed != 1 {
				t.Errorf("what its apps may do was sealed %d times", sealed)
			}
		})
	}
}

// goesOn uses the sessions of kept data.
func (k *kept) goesOn(t *testing.T, s *signer, wire *tap, name string) {
	t.Helper()
	app, gone := clientOf(t, name, k.Client, k.Signers[0]), clientOf(t, name+", revoked", k.Revoked, k.Signers[1])
	thief := newApp(t, name+", with the spent link", k.Spent)
	wire.follow(app)
	wire.follow(gone)
	wire.follow(thief)
	note, asked, late, link := app.sign(1, "after "+name), app.sign(3, ""), gone.sign(1, "after "+name), thief.connect()
	wire.all(note, late, link)
	wire.send(asked.seal(t, time.Now()))
	for _, a := range wire.heard() {
		switch a.id {
		case note.id:
			if a.error != "" {
				t.Errorf("%s: the app can no longer sign: %s", name, a.error)
			}
		case late.id:
			if !strings.HasPrefix(a.error, "revoked:") {
				t.Errorf("%s: the revoked app was told %q %q", name, a.result, a.error)
			}
		case link.id:
			if a.error == "" {
				t.Errorf("%s: a spent link works again", name)
			}
		}
	}
	for deadline := time.Now().Add(patience); !wire.within(100*time.Millisecond, asked); {
		var open []control.QuestionInfo
		must(t, json.Unmarshal(s.run("requests", "list"), &open))
		for _, q := range open {
			if q.State == "open" {
				_ = s.command("requests", "deny", q.ID).Run() // it may be answered by now
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: a follow list was not asked about", name)
		}
	}
}

// clientOf is an app whose session exists already.
func clientOf(t testing.TB, name, secret string, signer nostr.PubKey) *app {
	t.Helper()
	sk, err := nostr.ParseSecretKey(secret)
	must(t, err)
	kp, err := sk.Keypair()
	must(t, err)
	a := &app{name: name, key: kp, pub: kp.PublicKey(), signer: signer}
	a.ck, err = nip44.NewConversationKey(kp, (*[32]byte)(&signer))
	must(t, err)
	return a
}

// pairOne pairs an app with a key of its own.
func pairOne(t testing.TB, s *signer, wire *tap, name, uri string) (secret string, a *app) {
	t.Helper()
	link, err := nip46.ParseBunker(uri)
	must(t, err)
	sk, err := nostr.GenerateSecretKey()
	must(t, err)
	secret = hex.EncodeToString(sk[:])
	a = clientOf(t, name, secret, link.Signer)
	a.secret = link.Secret
	wire.join(a)
	return secret, a
}

// history is a small life of a signer, for what must outlive it.
func history(t testing.TB, s *signer, wire *tap) (k kept) {
	t.Helper()
	uri := s.invite("--app-name", "kept", "--preset", "social", "--allow", "sign_event:1#100/h,nip44_encrypt", "--refuse", "sign_event:7")
	sk, a := pairOne(t, s, wire, "kept", uri)
	k.Client, k.Signers[0], k.Spent = sk, a.signer, uri
	sk, b := pairOne(t, s, wire, "revoked", s.invite("--app-name", "revoked", "--preset", "ask", "--allow", "sign_event:1"))
	k.Revoked, k.Signers[1] = sk, b.signer
	wire.all(a.sign(1, "a note"), a.sign(7, "refused"), b.sign(1, "another note"), a.request(nip46.Nip44Encrypt, b.pub.String(), "hello"))
	s.run("apps", "revoke", "revoked")
	records := s.records()
	k.Head, k.Hash = records[len(records)-1].Seq, records[len(records)-1].Hash
	return k
}

// writeKept keeps this release's data for the tests of later ones.
func writeKept(t *testing.T, to string) {
	t.Helper()
	relay := startRelay(t, "")
	s := newSigner(t, []string{relay.ready.Relay}).up()
	k := history(t, s, newTap(t, relay.ready.Relay))
	s.stop()
	must(t, os.MkdirAll(to, 0o755))
	raw, err := os.ReadFile(filepath.Join(s.dir, "privyseal.db"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(to, "privyseal.db"), raw, 0o644))
	must(t, os.CopyFS(filepath.Join(to, keptState), os.DirFS(s.dir+"-state")))
	raw, err = json.MarshalIndent(k, "", " ")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(to, "kept.json"), append(raw, '\n'), 0o644))
}

// TestRestoreDrill backs a signer up, lets it go on, and restores the backup:
// over the newer data, and on another machine that has neither data nor mark
// (R29, T58, T59). The sessions go on; what was revoked or used by then stays
// so; over the newer data also what was revoked since.
func TestRestoreDrill(t *testing.T) {
	t.Parallel()
	relay := startRelay(t, "")
	s := newSigner(t, []string{relay.ready.Relay}).up()
	wire := newTap(t, relay.ready.Relay)
	k := history(t, s, wire)
	_, later := pairOne(t, s, wire, "later", s.invite("--app-name", "later", "--preset", "ask", "--allow", "sign_event:1"))
	open := s.invite("--app-name", "open")
	pass := filepath.Join(t.TempDir(), "pass")
	must(t, os.WriteFile(pass, []byte(passphrase), 0o600))
	file := filepath.Join(t.TempDir(), "backup.age")
	s.run("backup", file, "--passphrase-file", pass)
	s.run("apps", "revoke", "later")
	s.stop()

	elsewhere := &signer{path: s.path, dir: filepath.Join(t.TempDir(), "d"), relays: s.relays, process: &process{t: t}}
	must(t, os.WriteFile(elsewhere.key(), []byte(keyText), 0o600))
	for name, place := range map[string]*signer{"over newer data": s, "on another machine": elsewhere} {
		place.run("restore", file, "--passphrase-file", pass)
		place.up()
		k.goesOn(t, place, wire, name)
		stranger := newApp(t, name+", with an old link", open)
		wire.follow(stranger)
		note, hello := later.sign(1, name), stranger.connect()
		wire.send(hello.seal(t, time.Now()))
		wire.all(note)
		place.records() // and it verifies
		place.stop()
		for _, a := range wire.heard() {
			if a.id == note.id && place == s && !strings.HasPrefix(a.error, "revoked:") {
				t.Errorf("%s: an app revoked since was told %q %q", name, a.result, a.error)
			}
			if a.id == hello.id && a.error == "" {
				t.Errorf("%s: a link from before works", name)
			}
		}
	}
	figure(t, "restore drill", "a backup restored over newer data and on another machine: the sessions went on in both, what was revoked or used stayed so")
}
