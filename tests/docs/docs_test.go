package docs

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

var (
	row       = regexp.MustCompile(`(?m)^\| ([TR])(\d+) \|(.*)\|$`)
	named     = regexp.MustCompile("`([a-z0-9]+)\\.((?:Test|Fuzz)[A-Za-z0-9_]+)`")
	function  = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Za-z0-9_]+)\(`)
	link      = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	browser   = regexp.MustCompile(`([a-z]+): "([^"]+)"`)
	codeBlock = regexp.MustCompile("(?ms)^```.*?^```")
	letters   = regexp.MustCompile(`^(none|[C-H])(, (none|[C-H]))*(: .+)?(; .+)?$`)
)

// TestTablesAreWhole: each number once, in order, with a known state; what is
// done or partly done names a test, what is not done says who will build it.
func TestTablesAreWhole(t *testing.T) {
	for _, table := range []struct {
		file, letter string
		last         int
	}{{"docs/threats.md", "T", 72}, {"docs/requirements.md", "R", 67}} {
		next := 1
		for _, m := range row.FindAllStringSubmatch(read(t, table.file), -1) {
			id := m[1] + m[2]
			if want := fmt.Sprint(table.letter, next); id != want {
				t.Fatalf("%s: %s where %s belongs", table.file, id, want)
			}
			next++
			cells := strings.Split(m[3], "|")
			if len(cells) != 5 {
				t.Fatalf("%s: %s has %d cells after its number, want 5", table.file, id, len(cells))
			}
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			what, state, tests, left := cells[0], cells[1], cells[3], cells[4]
			switch {
			case what == "":
				t.Errorf("%s: %s does not say what it is", table.file, id)
			case !slices.Contains([]string{"done", "partly", "not yet"}, state):
				t.Errorf("%s: %s has the state %q", table.file, id, state)
			case state != "not yet" && !named.MatchString(tests):
				t.Errorf("%s: %s is %s, and no test shows it", table.file, id, state)
			case state == "not yet" && tests != "":
				t.Errorf("%s: %s is not there yet, and a test shows it?", table.file, id)
			case state != "done" && left == "":
				t.Errorf("%s: %s is %s, and nothing says what is left to whom", table.file, id, state)
			case left != "" && !letters.MatchString(left):
				t.Errorf("%s: %s leaves %q, want issues by letter", table.file, id, left)
			}
		}
		if next != table.last+1 {
			t.Errorf("%s ends at %s%d, want %d", table.file, table.letter, next-1, table.last)
		}
	}
}

// TestNamedTestsExist: a test that a document names is in the tree.
func TestNamedTestsExist(t *testing.T) {
	have := tests(t)
	total := 0
	for _, file := range documents(t) {
		for _, m := range named.FindAllStringSubmatch(read(t, file), -1) {
			total++
			if !have[m[1]+"."+m[2]] {
				t.Errorf("%s names %s.%s, which does not exist", file, m[1], m[2])
			}
		}
	}
	if total < 100 {
		t.Errorf("only %d tests are named: has the notation changed?", total)
	}
}

// TestNamedBrowserTestsExist: each flow and state of the login is shown by tests
// that are run, named by file and the beginning of their names.
func TestNamedBrowserTestsExist(t *testing.T) {
	run := read(t, "tests/browser/all.mjs") + read(t, "tests/browser/apps.mjs")
	rows := 0
	for line := range strings.Lines(read(t, "docs/states.md")) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| | ") || strings.HasSuffix(line, "shown by |\n") {
			continue
		}
		rows++
		found := browser.FindAllStringSubmatch(line, -1)
		if len(found) == 0 {
			t.Errorf("no test shows %s", line)
		}
		for _, m := range found {
			file := m[1] + ".test.mjs"
			if !strings.Contains(run, file) || !strings.Contains(read(t, "tests/browser/"+file), "\ntest(\""+m[2]) {
				t.Errorf("docs/states.md names %s, which is not run", m[0])
			}
		}
	}
	if rows < 40 {
		t.Errorf("only %d rows: has the notation changed?", rows)
	}
}

// tests are all tests by the name of their folder. Those of the module's root
// are called house, those of cmd/privyseal privyseal.
func tests(t *testing.T) map[string]bool {
	t.Helper()
	have := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == "node_modules" || name == ".git") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		pkg := filepath.Base(filepath.Dir(path))
		if filepath.Dir(path) == root {
			pkg = "house"
		}
		for _, m := range function.FindAllStringSubmatch(string(raw), -1) {
			have[pkg+"."+m[1]] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return have
}

// TestLinks: a link into the tree leads to a file; one out of it is https.
func TestLinks(t *testing.T) {
	total := 0
	for _, file := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(codeBlock.ReplaceAllString(read(t, file), ""), -1) {
			total++
			u, err := url.Parse(m[1])
			if err != nil {
				t.Errorf("%s: %v", file, err)
				continue
			}
			if u.IsAbs() {
				if u.Scheme != "https" {
					t.Errorf("%s: %s is not https", file, u)
				}
				continue
			}
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(file), u.Path)); err != nil {
				t.Errorf("%s: %s leads nowhere", file, u)
			}
		}
	}
	if total == 0 {
		t.Error("no links found: has the notation changed?")
	}
}

// documents are what a person reads, from the root.
func documents(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			rel, err := filepath.Rel(root, path)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, filepath.ToSlash(rel))
		}
	}
	if !slices.Contains(files, "README.md") {
		t.Fatal("the documents were not found")
	}
	return files
}

func read(t *testing.T, file string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
