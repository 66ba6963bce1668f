package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// pkg is a target's source, parsed and typed.
type pkg struct {
	dir   string
	fset  *token.FileSet
	names []string
	files []*ast.File
	types types.Importer
	info  types.Info
}

// load reads a package, and where what it imports was compiled to.
func load(dir string) (*pkg, error) {
	list, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", "./"+dir).Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(list)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		exports[path] = file
	}
	names, err := exec.Command("go", "list", "-f", `{{join .GoFiles "\n"}}`, "./"+dir).Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	p := &pkg{dir: dir, fset: token.NewFileSet(), info: types.Info{Types: map[ast.Expr]types.TypeAndValue{}}}
	for _, name := range strings.Fields(string(names)) {
		file, err := filepath.Abs(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(p.fset, file, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return nil, err
		}
		p.names, p.files = append(p.names, file), append(p.files, f)
	}
	p.types = importer.ForCompiler(p.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	_, err = (&types.Config{Importer: p.types}).Check(dir, p.fset, p.files, &p.info)
	return p, err
}

// asleep is a fault that waits in the common binary: a copy of its function, or,
// in a variable of the package, another value of one expression. Constants that are
// texts become variables for it.
type asleep struct {
	fn   *ast.FuncDecl
	text string // the function's copy, or the other value

	from, to token.Pos // the expression
	typ      string
	needs    []string // packages that its type names
}

// asleep puts a fault, as made, to sleep; nil where that is not possible.
func (p *pkg) asleep(d ast.Decl, x fault) (*asleep, error) {
	var b bytes.Buffer
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.Name == "init" || d.Body == nil {
			return nil, nil
		}
		name, doc := d.Name, d.Doc
		d.Name, d.Doc = ast.NewIdent(copyName), nil
		err := format.Node(&b, p.fset, d)
		d.Name, d.Doc = name, doc
		return &asleep{fn: d, text: b.String()}, err
	case *ast.GenDecl:
		typ := p.info.TypeOf(x.node)
		if d.Tok != token.VAR && !texts(d) || x.node == nil || typ == nil || !slices.ContainsFunc(d.Specs, func(s ast.Spec) bool { return plain(s, x.node) }) {
			return nil, nil
		}
		if b, ok := typ.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
			if d.Tok == token.VAR {
				return nil, nil // a part of a constant
			}
			typ = types.Typ[types.String]
		}
		var needs []string
		qualify := func(t *types.Package) string {
			if t.Path() == p.dir {
				return ""
			}
			needs = append(needs, t.Path())
			return t.Name()
		}
		err := format.Node(&b, p.fset, x.node)
		name := types.TypeString(typ, qualify)
		return &asleep{text: b.String(), from: x.from, to: x.to, typ: name, needs: needs}, err
	}
	return nil, nil
}

// texts reports whether all that a declaration has are texts, each written out:
// such constants may as well be variables.
func texts(d *ast.GenDecl) bool {
	return d.Tok == token.CONST && !slices.ContainsFunc(d.Specs, func(s ast.Spec) bool {
		v, ok := s.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		lit, ok := v.Values[0].(*ast.BasicLit)
		return !ok || lit.Kind != token.STRING
	})
}

// plain reports whether an expression stands in a variable's value as a value
// that may as well be computed.
func plain(s ast.Spec, x ast.Expr) bool {
	v, ok := s.(*ast.ValueSpec)
	if !ok {
		return false
	}
	found := false
	for _, value := range v.Values {
		ast.Inspect(value, func(n ast.Node) bool {
			found = found || n == x
			_, fn := n.(*ast.FuncLit)
			return !fn
		})
	}
	return found
}

const copyName = "Mutant__"

// source is a file with all its faults asleep in it.
func (p *pkg) source(file *ast.File, name string, mutants []mutant) ([]byte, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	type edit struct {
		from, to int
		text     string
	}
	var edits []edit
	at := func(pos token.Pos) int { return p.fset.Position(pos).Offset }
	copies := map[*ast.FuncDecl][]int{}
	values := map[[2]int][]int{}
	imported := map[string]bool{}
	for _, x := range file.Imports {
		imported[strings.Trim(x.Path.Value, `"`)] = true
	}
	var tail bytes.Buffer
	for i, m := range mutants {
		switch {
		case m.file != name || m.asleep == nil || m.outcome == invalid:
		case m.asleep.fn != nil:
			copies[m.asleep.fn] = append(copies[m.asleep.fn], i)
			tail.WriteString("\n" + strings.Replace(m.asleep.text, copyName, m.asleep.fn.Name.Name+"__m"+strconv.Itoa(i), 1) + "\n")
		default:
			span := [2]int{at(m.asleep.from), at(m.asleep.to)}
			values[span] = append(values[span], i)
			for _, path := range m.asleep.needs {
				if end := at(file.Name.End()); !imported[path] {
					imported[path] = true
					edits = append(edits, edit{end, end, fmt.Sprintf("\nimport %q\n", path)})
				}
			}
		}
	}
	for span, list := range values {
		text := string(raw[span[0]:span[1]])
		for _, i := range list {
			text = fmt.Sprintf("mutantPick[%s](%d, %s, %s)", mutants[i].asleep.typ, i, mutants[i].asleep.text, text)
		}
		edits = append(edits, edit{span[0], span[1], text})
	}
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && texts(g) {
			edits = append(edits, edit{at(g.TokPos), at(g.TokPos) + len("const"), "var"})
		}
		if fn, ok := d.(*ast.FuncDecl); ok && copies[fn] != nil {
			end := at(fn.Name.End())
			edits = append(edits, edit{end, end, "__m"})
			if err := p.chooser(&tail, fn, copies[fn]); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(edits, func(a, b edit) int { return b.from - a.from })
	for _, e := range edits {
		raw = slices.Concat(raw[:e.from], []byte(e.text), raw[e.to:])
	}
	return append(raw, tail.Bytes()...), nil
}

// chooser writes a function in the old one's place that calls the copy that is
// awake, else the old one.
func (p *pkg) chooser(w *bytes.Buffer, fn *ast.FuncDecl, copies []int) error {
	show := func(n ast.Node) string {
		var b bytes.Buffer
		if err := format.Node(&b, p.fset, n); err != nil {
			return err.Error()
		}
		return b.String()
	}
	list := func(fields *ast.FieldList, name string) (types, names []string) {
		if fields == nil {
			return nil, nil
		}
		for _, f := range fields.List {
			for range max(1, len(f.Names)) {
				arg := name + strconv.Itoa(len(names))
				types = append(types, arg+" "+show(f.Type))
				if _, many := f.Type.(*ast.Ellipsis); many {
					arg += "..."
				}
				names = append(names, arg)
			}
		}
		return types, names
	}
	params, args := list(fn.Type.Params, "p_")
	results, _ := list(fn.Type.Results, "r_")
	on, head := "", "func "
	if fn.Recv != nil {
		recv, names := list(fn.Recv, "on_")
		head, on = "func ("+recv[0]+") ", names[0]+"."
	}
	generic := ""
	if fn.Type.TypeParams != nil {
		var decl, use []string
		for _, f := range fn.Type.TypeParams.List {
			for _, n := range f.Names {
				decl, use = append(decl, n.Name+" "+show(f.Type)), append(use, n.Name)
			}
		}
		head += fn.Name.Name + "[" + strings.Join(decl, ", ") + "]"
		generic = "[" + strings.Join(use, ", ") + "]"
	} else {
		head += fn.Name.Name
	}
	call := func(name string) string {
		c := on + name + generic + "(" + strings.Join(args, ", ") + ")"
		if len(results) > 0 {
			return "return " + c
		}
		return c + "; return"
	}
	fmt.Fprintf(w, "\n%s(%s) (%s) {\n\tif mutantNumber >= %d && mutantNumber <= %d {\n\t\tswitch mutantNumber {\n", head, strings.Join(params, ", "), strings.Join(results, ", "), copies[0], copies[len(copies)-1])
	for _, i := range copies {
		fmt.Fprintf(w, "\t\tcase %d:\n\t\t\t%s\n", i, call(fn.Name.Name+"__m"+strconv.Itoa(i)))
	}
	fmt.Fprintf(w, "\t\t}\n\t}\n\t%s\n}\n", call(fn.Name.Name+"__m"))
	return nil
}

const numberSource = `package %s

import (
	"os"
	"strconv"
)

var mutantNumber = func() int {
	n, err := strconv.Atoi(os.Getenv("MUTANT"))
	if err != nil {
		return -1
	}
	return n
}()

func mutantPick[T any](n int, other, own T) T {
	if n == mutantNumber {
		return other
	}
	return own
}
`

// build compiles the tests with all mutants asleep; those that do not compile
// are marked and left out.
func (t target) build(p *pkg, mutants []mutant, dir string) error {
	for {
		sources := map[string][]byte{}
		for i, f := range p.files {
			src, err := p.source(f, p.names[i], mutants)
			if err != nil {
				return err
			}
			sources[p.names[i]] = src
		}
		extra := filepath.Join(filepath.Dir(p.names[0]), "mutant_number.go")
		sources[extra] = fmt.Appendf(nil, numberSource, p.files[0].Name.Name)
		bad, err := p.check(sources)
		if err != nil {
			return err
		}
		for _, i := range bad {
			if m := &mutants[i]; m.asleep.fn != nil {
				m.outcome = invalid
			} else {
				m.asleep = nil // perhaps a value that has to be constant
			}
		}
		if len(bad) > 0 {
			continue
		}
		overlay, err := overlay(dir, sources)
		if err != nil {
			return err
		}
		for _, tests := range t.tests {
			if out, err := compile(tests[0], overlay, binary(dir, tests[0])); err != nil {
				return fmt.Errorf("%s: %w: %s", tests[0], err, out)
			}
		}
		return nil
	}
}

// check lists the mutants that do not compile.
func (p *pkg) check(sources map[string][]byte) (bad []int, err error) {
	fset := token.NewFileSet()
	var files []*ast.File
	for name, src := range sources {
		f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	conf := types.Config{Importer: p.types, Error: func(e error) {
		te, ok := e.(types.Error)
		if i := numberAt(files, te.Pos); ok && i >= 0 {
			bad = append(bad, i)
		} else {
			err = e
		}
	}}
	conf.Check(p.dir, fset, files, nil)
	return bad, err
}

// numberAt is the mutant in whose copy or value something stands, or -1.
func numberAt(files []*ast.File, pos token.Pos) (n int) {
	n = -1
	for _, f := range files {
		if pos < f.FileStart || pos > f.FileEnd {
			continue
		}
		ast.Inspect(f, func(x ast.Node) bool {
			if x == nil || pos < x.Pos() || pos > x.End() {
				return false
			}
			switch x := x.(type) {
			case *ast.FuncDecl:
				if _, number, ok := strings.Cut(x.Name.Name, "__m"); ok {
					if i, err := strconv.Atoi(number); err == nil {
						n = i
					}
				}
			case *ast.CallExpr:
				if ix, ok := x.Fun.(*ast.IndexExpr); ok {
					if id, ok := ix.X.(*ast.Ident); ok && id.Name == "mutantPick" {
						n, _ = strconv.Atoi(x.Args[0].(*ast.BasicLit).Value)
					}
				}
			}
			return true
		})
	}
	return n
}

// binary is where a package's tests are compiled to.
func binary(dir, tests string) string { return filepath.Join(dir, filepath.Base(tests)+".test") }

func compile(tests, overlay, to string) ([]byte, error) {
	return exec.Command("go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlay, "-o", to, tests).CombinedOutput()
}

// overlay has the compiler read other sources in the files' places.
func overlay(dir string, sources map[string][]byte) (string, error) {
	replace := map[string]string{}
	for name, src := range sources {
		file := filepath.Join(dir, filepath.Base(name))
		if err := os.WriteFile(file, src, 0o600); err != nil {
			return "", err
		}
		replace[name] = file
	}
	b, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "overlay.json")
	return file, os.WriteFile(file, b, 0o600)
}
