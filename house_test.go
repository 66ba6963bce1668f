package privyseal_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// These tests keep the house as ARCHITECTURE.md draws it: imports point down,
// the two halves do not know each other, the pure stays pure.

const module = "github.com/privyseal/privyseal"

type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
	Module     *struct{ Path string }
	Standard   bool
}

func (p pkg) name() string { return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/") }

// packages lists our packages with what they import.
func packages(t *testing.T, args ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Deps,Module,Standard"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p pkg
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// floors, from the ground up. A package imports only from lower floors, or from
// its own where the rule allows it.
var floors = [][]string{
	{"nostr/schnorr/internal/libsecp256k1", "internal/plain"},
	{"nostr/schnorr"},
	{"nostr/schnorr/schnorrtest", "nostr/nip04", "nostr/nip44", "nostr"},
	{"nostr/nip49", "nip46"},
	{""},
	{"internal/failpoint", "internal/offheap", "internal/sandbox", "internal/passkey", "internal/link", "internal/effect", "internal/words/lint", "internal/control", "internal/audit", "internal/policyfile"},
	{"internal/passkey/passkeytest", "internal/link/linktest", "internal/policy", "internal/vault", "internal/store", "internal/anchor", "internal/relay", "internal/errand", "client", "login", "login/kit"},
	{"examples/webapp/relays", "examples/webapp/doubles", "login/logintest", "internal/words", "internal/vault/vaulttest", "internal/store/storetest", "internal/store/sqlite", "internal/relay/relaytest", "internal/transport", "internal/keeper/outbox", "internal/keeper/canary", "internal/keeper/compact", "internal/keeper/brake", "internal/keeper/customs", "internal/keeper/heads", "internal/keeper/herald", "internal/keeper/notice", "internal/keeper/people", "internal/keeper/powers", "internal/keeper/recent", "internal/keeper/recovery", "internal/keeper/summon", "internal/keeper/tips", "internal/metrics"},
	{"internal/keeper/ask", "internal/keeper/access", "internal/promptbook", "internal/console"},
	{"internal/keeper", "examples/webapp"},
	{"examples/webapp/stage"},
	{"cmd/privyseal", "examples/webapp/board"},
}

// halves may not import each other.
var (
	front  = []string{"internal/console", "internal/relay", "internal/transport", "internal/errand"}
	keeper = []string{"internal/keeper", "internal/policy", "internal/vault", "internal/audit", "internal/store"}
)

func in(half []string, name string) bool {
	return slices.ContainsFunc(half, func(h string) bool { return name == h || strings.HasPrefix(name, h+"/") })
}

func floorOf(name string) int {
	return slices.IndexFunc(floors, func(f []string) bool { return slices.Contains(f, name) })
}

func TestImportsPointDown(t *testing.T) {
	for _, p := range packages(t, "./...") {
		name := p.name()
		if strings.HasPrefix(name, "scripts/") || strings.HasPrefix(name, "cmd/privyseal/") || strings.HasPrefix(name, "tests/") {
			continue
		}
		floor := floorOf(name)
		if floor < 0 {
			t.Errorf("%s has no floor in the house: give it one in this test", name)
			continue
		}
		for _, dep := range p.Imports {
			rest, ours := strings.CutPrefix(dep, module)
			if !ours {
				continue
			}
			rest = strings.TrimPrefix(rest, "/")
			// keeper's own sub-packages and their like stand under their parent.
			if f := floorOf(rest); f > floor || (f == floor && !strings.HasPrefix(rest, "nostr/")) {
				t.Errorf("%s imports %s, which does not stand below it", name, rest)
			}
			if in(front, name) && in(keeper, rest) || in(keeper, name) && in(front, rest) {
				t.Errorf("%s imports %s across the seam", name, rest)
			}
			if in([]string{"examples"}, name) && in([]string{"internal"}, rest) {
				t.Errorf("%s imports %s: an example uses what everybody can", name, rest)
			}
			if rest == "internal/vault" && !in([]string{"internal/keeper", "internal/vault", "cmd"}, name) {
				t.Errorf("%s imports the vault: only keeper and cmd may", name)
			}
		}
	}
}

// What a package may not import itself (a library it uses may).
func TestForbiddenImports(t *testing.T) {
	network := []string{"net", "net/http", "github.com/coder/websocket", "golang.org/x/net/proxy"}
	io := append([]string{"os", "io/fs", "database/sql", "os/exec", "syscall"}, network...)
	for _, p := range packages(t, "./...") {
		name := p.name()
		var bad []string
		switch {
		case name == "" || name == "nip46" || in([]string{"nostr"}, name),
			in([]string{"internal/policy", "internal/policyfile", "internal/effect", "internal/words", "internal/promptbook"}, name):
			bad = io
		case in(keeper, name):
			bad = network
		}
		for _, dep := range p.Imports {
			if slices.Contains(bad, dep) {
				t.Errorf("%s imports %s", name, dep)
			}
		}
		for _, word := range []string{"util", "utils", "common", "helper", "helpers", "misc"} {
			if name == word || strings.HasSuffix(name, "/"+word) {
				t.Errorf("a package named %s says nothing of what it does", name)
			}
		}
	}
}

func TestPureCodeReadsNoClock(t *testing.T) {
	clock := []string{"Now", "Since", "Until", "After", "Sleep", "NewTimer", "NewTicker"}
	for _, dir := range []string{"internal/policy", "internal/policyfile", "internal/effect", "internal/words", "internal/promptbook", "nip46", "nostr"} {
		for path, f := range parse(t, dir, false) {
			ast.Inspect(f, func(n ast.Node) bool {
				if sel, ok := n.(*ast.SelectorExpr); ok {
					x, named := sel.X.(*ast.Ident)
					if named && x.Name == "time" && slices.Contains(clock, sel.Sel.Name) {
						t.Errorf("%s reads the clock: time.%s", path, sel.Sel.Name)
					}
				}
				return true
			})
		}
	}
}

// The SDK links at most 8 modules, the product declares at most 22.
func TestDependencyBudgets(t *testing.T) {
	linked := map[string]bool{}
	for _, p := range packages(t, "-deps", "./client") {
		if p.Module != nil && p.Module.Path != module {
			linked[p.Module.Path] = true
		}
	}
	if len(linked) > 8 {
		t.Errorf("client links %d modules, want at most 8: %v", len(linked), linked)
	}
	raw, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	direct := 0
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "\t") && !strings.Contains(line, "// indirect") && !strings.Contains(line, "pgregory.net/rapid") {
			direct++
		}
	}
	if direct == 0 || direct > 22 {
		t.Errorf("go.mod has %d direct dependencies, want 1 to 22", direct)
	}
	arch, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if f := strings.Fields(line); strings.HasPrefix(line, "\t") && len(f) >= 2 && !strings.Contains(line, "// indirect") && !bytes.Contains(arch, []byte(f[0])) {
			t.Errorf("ARCHITECTURE.md has no line for the dependency %s", f[0])
		}
	}
}

// parse reads the Go files of one folder.
func parse(t *testing.T, dir string, tests bool) map[string]*ast.File {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") != tests {
			continue
		}
		path := filepath.Join(dir, e.Name())
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files[path] = f
	}
	return files
}

func TestEveryPackageHasOneDocComment(t *testing.T) {
	for _, dir := range folders(t) {
		docs := 0
		files := parse(t, dir, false)
		for _, f := range files {
			if f.Doc != nil {
				docs++
			}
		}
		if len(files) > 0 && docs != 1 {
			t.Errorf("%s has %d package doc comments, want 1", dir, docs)
		}
	}
}

// Others build on these packages: every exported name says what it does.
func TestExportedNamesAreDocumented(t *testing.T) {
	for _, dir := range []string{".", "nostr", "nostr/schnorr", "nostr/nip04", "nostr/nip44", "nostr/nip49", "nip46", "client", "internal/store", "internal/control"} {
		for path, f := range parse(t, dir, false) {
			for _, d := range f.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
						t.Errorf("%s: %s is not documented", path, d.Name.Name)
					}
				case *ast.GenDecl:
					for _, s := range d.Specs {
						if ts, ok := s.(*ast.TypeSpec); ok && ts.Name.IsExported() && ts.Doc == nil && d.Doc == nil {
							t.Errorf("%s: %s is not documented", path, ts.Name.Name)
						}
						if vs, ok := s.(*ast.ValueSpec); ok && vs.Names[0].IsExported() && vs.Doc == nil && d.Doc == nil && vs.Comment == nil {
							t.Errorf("%s: %s is not documented", path, vs.Names[0].Name)
						}
					}
				}
			}
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	id, ok := typ.(*ast.Ident)
	return !ok || id.IsExported()
}

// No file is longer than 500 lines, tables aside.
func TestFilesAreShort(t *testing.T) {
	tables := []string{"internal/words/lang_en.go", "internal/words/lang_es.go"}
	for _, dir := range folders(t) {
		for _, tests := range []bool{false, true} {
			for path := range parse(t, dir, tests) {
				raw, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if n := bytes.Count(raw, []byte("\n")); n > 500 && !slices.Contains(tables, filepath.ToSlash(path)) {
					t.Errorf("%s has %d lines, want at most 500", path, n)
				}
			}
		}
	}
}

// What a fuzzer tried of note is kept, so that every go test tries it again.
func TestFuzzTargetsHaveCorpora(t *testing.T) {
	for _, dir := range folders(t) {
		for _, f := range parse(t, dir, true) {
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok || !strings.HasPrefix(fn.Name.Name, "Fuzz") {
					continue
				}
				kept, err := os.ReadDir(filepath.Join(dir, "testdata", "fuzz", fn.Name.Name))
				if err != nil || len(kept) == 0 {
					t.Errorf("%s.%s has no kept corpus", dir, fn.Name.Name)
				}
			}
		}
	}
}

// folders lists the folders of this module that hold Go files.
func folders(t *testing.T) []string {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != "." && (name == "testdata" || name == "node_modules" || name[0] == '.' || exists(filepath.Join(path, "go.mod"))) {
				return fs.SkipDir
			}
			return nil
		}
		if dir := filepath.Dir(path); strings.HasSuffix(path, ".go") && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
