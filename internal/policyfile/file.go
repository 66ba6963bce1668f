package policyfile

import (
	"strconv"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nip46"
)

// File is a policy file.
type File struct {
	Head []string // lines to begin with, as comments; not read back
	Apps []App
}

// App is what one app may do. It goes by its id, or without one by its name.
type App struct {
	Line   int // where it was read; 0 when it was not
	Name   string
	ID     string
	About  []string // said of it, as comments; not read back
	Preset string   // "" leaves the preset as it is
	Means  []string // said of the preset, as comments; not read back
	Rules  []Rule
}

// Rule is one grant.
type Rule struct {
	Line       int
	Verdict    privyseal.Verdict
	Permission nip46.Permission
	Until      time.Time       // zero: no end but the permission's own
	Reach      privyseal.Level // of a consent: L1 "unless unusual", L2 "unless serious", else as its permission says
	Note       string          // the person's own, kept
	About      string          // said of it, as a comment; not read back
}

// String is the file as [Parse] reads it.
func (f File) String() string {
	var b strings.Builder
	comment(&b, "", f.Head...)
	for i, a := range f.Apps {
		if i > 0 || len(f.Head) > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("app " + strconv.Quote(a.Name))
		if a.ID != "" {
			b.WriteString(" " + a.ID)
		}
		b.WriteByte('\n')
		comment(&b, indent, a.About...)
		if a.Preset != "" {
			b.WriteString(indent + "preset " + a.Preset + "\n")
		}
		comment(&b, indent, a.Means...)
		for _, r := range a.Rules {
			if r.About != "" {
				b.WriteByte('\n')
				comment(&b, indent, r.About)
			}
			b.WriteString(indent + r.String() + "\n")
		}
	}
	return b.String()
}

// unless says where a consent ends.
var unless = map[string]privyseal.Level{"unusual": privyseal.L1, "serious": privyseal.L2}

const (
	indent = "    "
	gap    = "   "
)

// String is the rule's line, without what is said of it.
func (r Rule) String() string {
	s := r.Verdict.String() + " " + r.Permission.String()
	if !r.Until.IsZero() {
		s += gap + "until " + r.Until.UTC().Format(time.RFC3339)
	}
	for word, reach := range unless {
		if r.Reach == reach {
			s += gap + "unless " + word
		}
	}
	if r.Note != "" {
		s += gap + "# " + r.Note
	}
	return s
}

// comment writes lines that are not read back, whatever they hold.
func comment(b *strings.Builder, indent string, lines ...string) {
	for _, l := range lines {
		b.WriteString(strings.TrimRight(indent+"# "+oneLine(l), " ") + "\n")
	}
}

// oneLine keeps a text from ending its line.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unseen(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
