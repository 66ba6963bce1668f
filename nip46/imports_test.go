package nip46

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The package is pure: it reaches no file, no network, no clock, and no package
// of ours but nostr, and what that stands on.
func TestImports(t *testing.T) {
	allowed := []string{
		"bytes", "crypto/sha256", "crypto/subtle", "encoding/json", "errors", "fmt", "io", "net/netip", "net/url",
		"log/slog", "slices", "strconv", "strings", "time", "unicode", "unicode/utf16", "unicode/utf8",
		"github.com/privyseal/privyseal/internal/plain", "github.com/privyseal/privyseal/nostr",
	}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range f.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err != nil || !slices.Contains(allowed, path) {
				t.Errorf("%s imports %s", name, spec.Path.Value)
			}
		}
	}
}
