package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// mutant is one file with one fault.
type mutant struct {
	file    string
	line    int
	what    string  // "< becomes <=" and where
	source  []byte  // of the whole file
	asleep  *asleep // how it waits in the common binary; nil: it needs one of its own
	outcome outcome
}

// name tells mutants apart without line numbers, so that it outlives edits
// elsewhere in the file.
func (m *mutant) name() string { return filepath.Base(m.file) + ": " + m.what }

// fault is a change that can be made and taken back.
type fault struct {
	pos        token.Pos
	what       string
	node       ast.Expr  // the expression that is changed, where it is one alone
	from, to   token.Pos // of it, unchanged
	make, undo func()
}

// mutants makes every mutant of a target's non-test files.
func (t target) mutants(p *pkg) ([]mutant, error) {
	var all []mutant
	for _, f := range p.files {
		ms, err := t.mutantsOfFile(p, f)
		if err != nil {
			return nil, err
		}
		all = append(all, ms...)
	}
	return all, nil
}

func (t target) mutantsOfFile(p *pkg, f *ast.File) ([]mutant, error) {
	var ms []mutant
	seen := map[string]int{}
	for _, d := range f.Decls {
		where := "package"
		if fn, ok := d.(*ast.FuncDecl); ok {
			where = fn.Name.Name
		}
		faults := faultsOf
		if t.steps != nil {
			faults = stepsOf
			if !t.steps[where] {
				continue
			}
		}
		for _, x := range faults(d) {
			x.make()
			var b bytes.Buffer
			err := format.Node(&b, p.fset, f)
			asleep, err2 := p.asleep(d, x)
			x.undo()
			if err := errors.Join(err, err2); err != nil {
				return nil, err
			}
			what := where + ": " + x.what
			if seen[what]++; seen[what] > 1 {
				what += " #" + strconv.Itoa(seen[what])
			}
			at := p.fset.Position(x.pos)
			ms = append(ms, mutant{file: at.Filename, line: at.Line, what: what, source: b.Bytes(), asleep: asleep})
		}
	}
	return ms, nil
}

// faultsOf lists the faults of one declaration, in order of the source.
func faultsOf(d ast.Decl) (fs []fault) {
	if g, ok := d.(*ast.GenDecl); ok && (g.Tok == token.IMPORT || g.Tok == token.TYPE) {
		return nil
	}
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			fs = append(fs, operators(n)...)
		case *ast.UnaryExpr:
			if n.Op == token.NOT {
				fs = append(fs, negation(n))
			}
		case *ast.IfStmt:
			fs = append(fs, negate(&n.Cond))
		case *ast.BlockStmt:
			fs = append(fs, drops(&n.List)...)
		case *ast.CaseClause:
			fs = append(fs, caseFaults(n)...)
		case *ast.BasicLit:
			fs = append(fs, literal(n)...)
		case *ast.SelectorExpr:
			fs = append(fs, constants(n)...)
		case *ast.Ident:
			fs = append(fs, booleans(n)...)
		}
		return true
	})
	return fs
}

// stepsOf lists what can go wrong with the order of a function's steps.
func stepsOf(d ast.Decl) (fs []fault) {
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			fs = append(fs, negate(&n.Cond))
		case *ast.BlockStmt:
			fs = append(append(fs, drops(&n.List)...), swapped(&n.List)...)
		case *ast.CaseClause:
			fs = append(append(fs, drops(&n.Body)...), swapped(&n.Body)...)
		}
		return true
	})
	return fs
}

// swapped does two steps in the wrong order, where each calls something.
func swapped(list *[]ast.Stmt) (fs []fault) {
	old := *list
	for i := range len(old) - 1 {
		if !calls(old[i]) || !calls(old[i+1]) {
			continue
		}
		fs = append(fs, expr(old[i].Pos(), fmt.Sprintf("%s and %s swapped", kindOf(old[i]), kindOf(old[i+1])), func() func() {
			*list = append(append(append([]ast.Stmt{}, old[:i]...), old[i+1], old[i]), old[i+2:]...)
			return func() { *list = old }
		}))
	}
	return fs
}

func calls(s ast.Stmt) (found bool) {
	if _, ends := s.(*ast.ReturnStmt); ends {
		return false
	}
	ast.Inspect(s, func(n ast.Node) bool {
		_, call := n.(*ast.CallExpr)
		found = found || call
		return !found
	})
	return found
}

func expr(pos token.Pos, what string, make func() func()) fault {
	var undo func()
	return fault{pos: pos, what: what, make: func() { undo = make() }, undo: func() { undo() }}
}

var swaps = map[token.Token][]token.Token{
	token.LSS: {token.LEQ, token.GEQ}, token.LEQ: {token.LSS, token.GTR},
	token.GTR: {token.GEQ, token.LEQ}, token.GEQ: {token.GTR, token.LSS},
	token.EQL: {token.NEQ}, token.NEQ: {token.EQL},
	token.LAND: {token.LOR}, token.LOR: {token.LAND},
	token.ADD: {token.SUB}, token.SUB: {token.ADD},
}

func operators(n *ast.BinaryExpr) (fs []fault) {
	old := n.Op
	for _, op := range swaps[old] {
		fs = append(fs, expr(n.OpPos, fmt.Sprintf("%s becomes %s", old, op), func() func() {
			n.Op = op
			return func() { n.Op = old }
		}))
	}
	if old == token.LAND || old == token.LOR { // each side alone
		x, y := n.X, n.Y
		neutral := ast.NewIdent(strconv.FormatBool(old == token.LAND))
		fs = append(fs,
			expr(x.Pos(), "left of "+old.String()+" dropped", func() func() { n.X = neutral; return func() { n.X = x } }),
			expr(y.Pos(), "right of "+old.String()+" dropped", func() func() { n.Y = neutral; return func() { n.Y = y } }))
	}
	return fs
}

func negation(n *ast.UnaryExpr) fault {
	x := n.X
	return expr(n.Pos(), "! dropped", func() func() {
		n.X = &ast.ParenExpr{X: &ast.UnaryExpr{Op: token.NOT, X: x}}
		return func() { n.X = x }
	})
}

func negate(cond *ast.Expr) fault {
	old := *cond
	return expr(old.Pos(), "condition negated", func() func() {
		*cond = &ast.UnaryExpr{Op: token.NOT, X: &ast.ParenExpr{X: old}}
		return func() { *cond = old }
	})
}

// drops leaves out one statement that a compiler would not miss.
func drops(list *[]ast.Stmt) (fs []fault) {
	old := *list
	for i, s := range old {
		if !droppable(s) {
			continue
		}
		fs = append(fs, expr(s.Pos(), fmt.Sprintf("%s dropped", kindOf(s)), func() func() {
			*list = append(append([]ast.Stmt{}, old[:i]...), old[i+1:]...)
			return func() { *list = old }
		}))
	}
	return fs
}

func droppable(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.AssignStmt:
		return s.Tok != token.DEFINE
	case *ast.ExprStmt, *ast.IncDecStmt, *ast.BranchStmt, *ast.IfStmt:
		return true
	}
	return false
}

func kindOf(s ast.Stmt) string {
	return strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%T", s), "*ast."), "Stmt")
}

// caseFaults takes the values of a case away one by one, and drops statements.
func caseFaults(n *ast.CaseClause) (fs []fault) {
	old := n.List
	for i := range old {
		fs = append(fs, expr(old[i].Pos(), "case value dropped", func() func() {
			if len(old) == 1 {
				n.List = []ast.Expr{never(old[i])}
			} else {
				n.List = append(append([]ast.Expr{}, old[:i]...), old[i+1:]...)
			}
			return func() { n.List = old }
		}))
	}
	return append(fs, drops(&n.Body)...)
}

// never is a case that no value takes, of the same sort.
func never(e ast.Expr) ast.Expr {
	switch e.(type) {
	case *ast.BasicLit:
		return &ast.BasicLit{Kind: token.STRING, Value: `"\x00never"`}
	case *ast.SelectorExpr, *ast.Ident:
		return &ast.BasicLit{Kind: token.INT, Value: "250"}
	}
	return ast.NewIdent("false")
}

func literal(n *ast.BasicLit) []fault {
	old, changed := n.Value, ""
	switch n.Kind {
	case token.INT:
		v, err := strconv.Atoi(old)
		if err != nil {
			return nil
		}
		changed = strconv.Itoa(v + 1)
	case token.STRING:
		text, err := strconv.Unquote(old)
		if err != nil {
			return nil
		}
		changed = strconv.Quote("mutant" + text)
	default:
		return nil
	}
	x := expr(n.Pos(), old+" becomes "+changed, func() func() {
		n.Value = changed
		return func() { n.Value = old }
	})
	x.node, x.from, x.to = n, n.Pos(), n.End()
	return []fault{x}
}

var neighbours = map[string][]string{
	"Allow": {"Ask", "Refuse"}, "Ask": {"Allow", "Refuse"}, "Refuse": {"Allow", "Ask"},
	"L0": {"L1"}, "L1": {"L0", "L2"}, "L2": {"L1", "L3"}, "L3": {"L2", "L4"}, "L4": {"L3"},
	"Hour": {"Minute"}, "Nip44Encrypt": {"Nip44Decrypt"}, "Nip44Decrypt": {"Nip44Encrypt"},
	"Nip04Encrypt": {"Nip04Decrypt"}, "Nip04Decrypt": {"Nip04Encrypt"}, "Level": {"Base"}, "Base": {"Level"},
	"Until": {"Given"}, "Given": {"Until"},
}

func constants(n *ast.SelectorExpr) (fs []fault) {
	old := n.Sel
	for _, name := range neighbours[old.Name] {
		x := expr(old.Pos(), old.Name+" becomes "+name, func() func() {
			n.Sel = ast.NewIdent(name)
			return func() { n.Sel = old }
		})
		x.node, x.from, x.to = n, n.Pos(), n.End()
		fs = append(fs, x)
	}
	return fs
}

func booleans(n *ast.Ident) []fault {
	old := n.Name
	if old != "true" && old != "false" {
		return nil
	}
	changed := strconv.FormatBool(old == "false")
	return []fault{expr(n.Pos(), old+" becomes "+changed, func() func() {
		n.Name = changed
		return func() { n.Name = old }
	})}
}
