package policy_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// pure are the packages that read no clock and no storage.
var pure = []string{".", "../effect", "../words"}

func sources(t *testing.T, dir string) (*token.FileSet, []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		t.Fatalf("no source in %s", dir)
	}
	return fset, files
}

// The three packages import nothing that could do I/O, and of time only what
// does not look at a clock.
func TestPure(t *testing.T) {
	allowed := map[string]bool{}
	for p := range strings.FieldsSeq("bytes cmp crypto/sha256 embed encoding/binary encoding/json fmt iter maps net/netip net/url regexp slices sort " +
		"strconv strings sync time unicode unicode/utf8 golang.org/x/net/idna golang.org/x/text/unicode/norm " +
		"github.com/privyseal/privyseal github.com/privyseal/privyseal/nip46 github.com/privyseal/privyseal/nostr " +
		"github.com/privyseal/privyseal/internal/effect github.com/privyseal/privyseal/internal/policy") {
		allowed[p] = true
	}
	clocks := map[string]bool{"Now": true, "Since": true, "Until": true, "Sleep": true, "After": true, "AfterFunc": true,
		"NewTimer": true, "NewTicker": true, "Tick": true}
	for _, dir := range pure {
		fset, files := sources(t, dir)
		for _, f := range files {
			for _, imp := range f.Imports {
				if path, _ := strconv.Unquote(imp.Path.Value); !allowed[path] {
					t.Errorf("%s imports %s", fset.Position(imp.Pos()), path)
				}
			}
			ast.Inspect(f, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				switch x, _ := sel.X.(*ast.Ident); {
				case x == nil:
				case x.Name == "time" && clocks[sel.Sel.Name]:
					t.Errorf("%s reads a clock: time.%s", fset.Position(sel.Pos()), sel.Sel.Name)
				case x.Name == "sync" && sel.Sel.Name != "OnceValue": // a table made when it is first needed
					t.Errorf("%s holds state: sync.%s", fset.Position(sel.Pos()), sel.Sel.Name)
				}
				return true
			})
		}
	}
}

// enums maps each constant of an enumeration of the domain to all of its type's.
func enums(t *testing.T) map[string][]string {
	_, files := sources(t, "../..")
	byName := map[string][]string{}
	for _, f := range files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			first, ok := g.Specs[0].(*ast.ValueSpec)
			if !ok || first.Type == nil || len(first.Values) != 1 {
				continue
			}
			if v, ok := first.Values[0].(*ast.Ident); !ok || v.Name != "iota" {
				continue
			}
			var names []string
			for _, s := range g.Specs {
				names = append(names, s.(*ast.ValueSpec).Names[0].Name)
			}
			for _, n := range names {
				byName[n] = names
			}
		}
	}
	for _, n := range []string{"OpConnect", "L3", "Allow", "AppPaused", "Expired", "PhaseNote"} {
		if len(byName[n]) < 3 {
			t.Fatalf("the enumeration of %s was not found", n)
		}
	}
	return byName
}

// A switch with one constant of an enumeration has them all.
func TestSwitchesAreExhaustive(t *testing.T) {
	all, found := enums(t), 0
	for _, dir := range pure {
		fset, files := sources(t, dir)
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool {
				sw, ok := n.(*ast.SwitchStmt)
				if !ok || sw.Tag == nil {
					return true
				}
				has, want := map[string]bool{}, []string(nil)
				for _, c := range sw.Body.List {
					for _, e := range c.(*ast.CaseClause).List {
						if sel, ok := e.(*ast.SelectorExpr); ok && isDomain(sel) {
							has[sel.Sel.Name] = true
							want = all[sel.Sel.Name]
						}
					}
				}
				if want != nil {
					found++
				}
				for _, name := range want {
					if !has[name] {
						t.Errorf("%s: %s is missing", fset.Position(sw.Pos()), name)
					}
				}
				return true
			})
		}
	}
	if found < 5 {
		t.Errorf("only %d switches over enumerations were found", found)
	}
}

func isDomain(sel *ast.SelectorExpr) bool {
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == "privyseal"
}
