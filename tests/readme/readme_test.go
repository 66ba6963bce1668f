//go:build linux

package readme

import (
	"context"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/client"
)

const (
	root       = "../.."
	passphrase = "correct horse battery staple"
	backupPass = "another quite long passphrase"
)

// turn is a person's part in a dialogue: what they wait for, what they type.
type turn struct{ shows, types string }

// dialogues are the commands that talk, by their line in the README. All others
// must end by themselves, well.
var dialogues = map[string][]turn{
	"go run ./cmd/privyseal up": {
		{"in your browser?", "n\n"}, {"A name for this identity", "Ana\n"}, {"Choose a passphrase", passphrase + "\n"}, {"once more", passphrase + "\n"},
		{"Paste your key", "\n"}, {"phone and websites too?", "n\n"}, {"ready — ", ""},
	},
	"go run ./cmd/privyseal demo":   {{"ready — ", ""}, {"Passphrase ", ""}},
	"go run ./cmd/privyseal invite": {{"bunker://", ""}, {"this computer only", ""}},
	`go run ./cmd/privyseal call 'bunker://…' sign_event '{"kind":1,"content":"hello"}'`: {{`"sig":"`, ""}},
	"privyseal accept 'nostrconnect://…'":                                                {{"may", ""}},
	"privyseal apps list":                                                                {{"privyseal call", ""}},
	"privyseal requests watch":                                                           {{"q", "q"}},
	"privyseal activity list":                                                            {{"post notes", ""}},
	"privyseal activity verify":                                                          {{"ok: ", ""}},
	"privyseal backup seal.age":                                                          {{"Choose a passphrase", backupPass + "\n"}, {"once more", backupPass + "\n"}, {"Wrote", ""}},
	"privyseal --data tried restore seal.age":                                            {{"assphrase", backupPass + "\n"}},
	"privyseal unlock":                                                                   {{"Passphrase", passphrase + "\n"}},
	"privyseal --data seal up --key-file vault.key":                                      {{"ready — ", ""}},
	"privyseal relay --open --listen 127.0.0.1:0":                                        {{"ws://127.0.0.1:", ""}},
}

// goesOn are the commands that run until they are told to stop.
var goesOn = regexp.MustCompile(` (up|relay|demo)( |$)`)

var (
	bunkerLink = regexp.MustCompile(`bunker://[^\s"]+`)
	makeTarget = regexp.MustCompile(`^make ([a-z]+)$`)
	block      = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")
)

// reader is somebody who follows the README.
type reader struct {
	t    *testing.T
	dir  string // where they work; the checkout for go run
	env  []string
	link string // the last bunker:// link they were given
	used map[string]bool
}

func TestReadme(t *testing.T) {
	r := newReader(t)
	raw, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := block.FindAllStringSubmatch(string(raw), -1)
	if 2*len(blocks) != strings.Count(string(raw), "```") {
		t.Fatal("a block of the README does not end")
	}
	for _, b := range blocks {
		switch language, text := b[1], b[2]; language {
		case "sh":
			for line := range strings.Lines(text) {
				r.run(strings.TrimSpace(line))
			}
		case "go":
			r.compile(text)
		case "text":
		default:
			t.Errorf("a block in %q is neither run nor marked as text", language)
		}
	}
	for _, line := range slices.Sorted(maps.Keys(dialogues)) {
		if !r.used[line] {
			t.Errorf("the README no longer has the command %q", line)
		}
	}
}

func newReader(t *testing.T) *reader {
	t.Helper()
	// Not t.TempDir: a control socket's path must be short.
	home, err := os.MkdirTemp("", "readme")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	bin := filepath.Join(home, "bin")
	if out, err := goTool("build", "-o", filepath.Join(bin, "privyseal"), "./cmd/privyseal").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	env := []string{"HOME=" + home, "TERM=xterm", "PATH=" + bin + ":" + os.Getenv("PATH")}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY", "GOFLAGS", "GOTOOLCHAIN"} {
		value, err := goTool("env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		env = append(env, name+"="+strings.TrimSpace(string(value)))
	}
	return &reader{t: t, dir: home, env: append(env, "CGO_ENABLED=0"), used: map[string]bool{}}
}

func goTool(args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	return cmd
}

// run runs one line, with what the reader is told to put in filled in.
func (r *reader) run(line string) {
	r.t.Helper()
	r.used[line] = true
	if m := makeTarget.FindStringSubmatch(line); m != nil {
		r.hasTarget(m[1])
		return
	}
	dir := r.dir
	if strings.HasPrefix(line, "go run ./") {
		dir = root
	}
	filled := strings.ReplaceAll(line, "bunker://…", r.link)
	paired := func() {}
	if strings.Contains(line, "nostrconnect://…") {
		var link string
		link, paired = r.pairing()
		filled = strings.ReplaceAll(line, "nostrconnect://…", link)
	}
	if strings.Contains(filled, " up") {
		filled += " --listen 127.0.0.1:0" // the usual port may be taken
	}
	if strings.HasSuffix(filled, " demo") {
		filled += " --no-open --listen 127.0.0.1:0 --board 127.0.0.1:0 --desk 127.0.0.1:0"
	}
	s := start(r.t, dir, r.env, filled)
	for _, turn := range dialogues[line] {
		s.expect(turn.shows)
		s.types(turn.types)
	}
	if goesOn.MatchString(line) {
		r.t.Cleanup(s.interrupt)
		return
	}
	s.succeeds()
	paired()
	if link := bunkerLink.FindString(s.shown()); link != "" {
		r.link = link
	}
}

// hasTarget: running the tests from a test would not end, so make's targets are
// looked up, and .ci/run runs them.
func (r *reader) hasTarget(target string) {
	r.t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		r.t.Fatal(err)
	}
	if !regexp.MustCompile(`(?m)^` + target + `:`).Match(raw) {
		r.t.Errorf("the Makefile has no target %s", target)
	}
	ci, err := os.ReadFile(filepath.Join(root, ".ci", "run"))
	if err != nil {
		r.t.Fatal(err)
	}
	if !strings.Contains(string(ci), "make "+target) {
		r.t.Errorf(".ci/run does not run make %s, so nothing proves that it works", target)
	}
}

// pairing is an app that shows a link, and checks that it was answered.
func (r *reader) pairing() (link string, paired func()) {
	r.t.Helper()
	u, err := url.Parse(r.link)
	if err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	p, err := client.Pair(ctx, u.Query()["relay"], client.Options{Name: "Board", PrivateRelays: true})
	if err != nil {
		cancel()
		r.t.Fatal(err)
	}
	return p.URI(), func() {
		defer cancel()
		defer p.Close()
		session, err := p.Wait(ctx)
		if err != nil {
			r.t.Fatalf("the app was not paired: %v", err)
		}
		session.Close()
	}
}

// compile runs the SDK's example with a link of its own.
func (r *reader) compile(source string) {
	r.t.Helper()
	file := filepath.Join(r.dir, "main.go")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		r.t.Fatal(err)
	}
	invite := start(r.t, r.dir, r.env, "privyseal invite")
	invite.succeeds()
	s := start(r.t, root, r.env, "go run "+file+" '"+bunkerLink.FindString(invite.shown())+"'")
	s.expect(" true")
	s.succeeds()
}
