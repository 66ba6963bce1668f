package policyfile

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nip46"
)

const (
	maxFile = 1 << 20
	maxApps = 1000
	maxNote = 200 // characters
	maxRule = 2000
)

// Error says what is wrong with a file, where, and what to do.
type Error struct {
	Line      int // 0: the file as a whole
	Msg, Hint string
}

// Error is the message with its line.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Msg
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Msg)
}

// Parse reads a policy file.
func Parse(text string) (File, error) {
	var f File
	text = strings.TrimPrefix(text, "\ufeff")
	switch {
	case len(text) > maxFile:
		return f, &Error{0, "the policy file is larger than 1 MiB", "is it the right file?"}
	case !utf8.ValidString(text):
		return f, &Error{0, "the policy file is not UTF-8 text", "is it the right file?"}
	}
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		line, note := cutNote(strings.TrimSuffix(line, "\r"))
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if err := f.line(n, line, fields, note); err != nil {
			return File{}, err
		}
	}
	return f, nil
}

// line reads one line that holds something.
func (f *File) line(n int, line string, fields []string, note string) error {
	wrong := func(msg, hint string) error { return &Error{n, msg, hint} }
	if fields[0] == "app" {
		a, err := app(n, strings.TrimSpace(strings.TrimSpace(line)[len("app"):]))
		if err != nil {
			return err
		}
		if len(f.Apps) == maxApps {
			return wrong(fmt.Sprintf("the file has more than %d apps", maxApps), "split it")
		}
		for _, b := range f.Apps {
			if a.ID != "" && a.ID == b.ID || a.ID == "" && b.ID == "" && strings.EqualFold(a.Name, b.Name) {
				return wrong(fmt.Sprintf("this app has a block already, in line %d", b.Line), "put its rules there")
			}
		}
		f.Apps = append(f.Apps, a)
		return nil
	}
	if len(f.Apps) == 0 {
		return wrong("this stands before the first app", `begin with a line such as: app "Coracle"`)
	}
	a := &f.Apps[len(f.Apps)-1]
	switch fields[0] {
	case "preset":
		if len(fields) != 2 {
			return wrong("a preset is one name", "for example: preset social")
		}
		if a.Preset != "" {
			return wrong("this app has a preset already", "keep one of them")
		}
		a.Preset = fields[1]
		return nil
	case "allow", "ask", "refuse":
		r, err := rule(n, fields, note)
		if err != nil {
			return err
		}
		if len(a.Rules) == maxRule {
			return wrong(fmt.Sprintf("the app has more than %d rules", maxRule), "leave some away")
		}
		a.Rules = append(a.Rules, r)
		return nil
	}
	return wrong("“"+show(fields[0])+"” is not known here", "a line begins with app, preset, allow, ask, refuse or #")
}

// app reads what stands after "app": a name, quoted or one word, and maybe an id.
func app(n int, s string) (App, error) {
	const hint = `for example: app "Coracle", or app "Coracle" 39324a116d6b54cb`
	a := App{Line: n}
	if quoted, err := strconv.QuotedPrefix(s); err == nil && s[0] == '"' {
		if a.Name, err = strconv.Unquote(quoted); err != nil {
			return a, &Error{n, "the app's name cannot be read", hint}
		}
		if s = s[len(quoted):]; s != "" && s[0] != ' ' && s[0] != '\t' {
			return a, &Error{n, "something stands right behind the app's name", hint}
		}
	} else {
		end := strings.IndexAny(s+" ", " \t")
		if a.Name, s = s[:end], s[end:]; strings.Contains(a.Name, "\"") {
			return a, &Error{n, "the app's name is not quoted as it must be", hint}
		}
	}
	rest := strings.Fields(s)
	switch {
	case a.Name == "" || !utf8.ValidString(a.Name):
		return a, &Error{n, "the app has no name", hint}
	case len(rest) > 1:
		return a, &Error{n, "an app is a name and an id, no more", hint + " (a name of several words is quoted)"}
	case len(rest) == 1:
		a.ID = rest[0]
		if strings.ContainsFunc(a.ID, func(r rune) bool { return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'f') }) {
			return a, &Error{n, "“" + show(a.ID) + "” is not an app's id", hint + " (a name of several words is quoted)"}
		}
	}
	return a, nil
}

// rule reads a verdict, a permission and its clauses.
func rule(n int, fields []string, note string) (Rule, error) {
	wrong := func(msg, hint string) (Rule, error) { return Rule{}, &Error{n, msg, hint} }
	r := Rule{Line: n, Verdict: privyseal.ParseVerdict(fields[0]), Note: note}
	if len(fields) == 1 {
		return wrong("it is not said what to "+fields[0], "for example: "+fields[0]+" sign_event:1")
	}
	perms, err := nip46.ParsePermissions(fields[1])
	if err != nil {
		return wrong(strings.TrimPrefix(err.Error(), "permission 1 "), "for example: sign_event:1#20/h")
	}
	if len(perms) != 1 {
		return wrong("a line has one permission", "put each on a line of its own")
	}
	r.Permission = perms[0]
	for rest := fields[2:]; len(rest) > 0; rest = rest[2:] {
		clause := rest[0]
		value := ""
		if len(rest) > 1 {
			value = rest[1]
		}
		switch {
		case clause == "until" && r.Until.IsZero() && r.Permission.For == 0:
			if r.Until, err = time.Parse(time.RFC3339, value); err != nil || r.Until.Year() < 2000 {
				return wrong("“"+show(value)+"” is not a time", "for example: until 2026-12-28T10:00:00Z")
			}
			r.Until = r.Until.UTC().Truncate(time.Second)
		case clause == "until":
			return wrong("one end is enough", "leave one away")
		case clause == "unless" && unless[value] != privyseal.LevelUnknown && r.Reach == privyseal.LevelUnknown && r.Verdict == privyseal.Allow:
			r.Reach = unless[value]
		case clause == "unless":
			return wrong("“unless "+show(value)+"” says nothing here", "“unless serious” or “unless unusual” goes once with allow")
		default:
			return wrong("“"+show(clause)+"” is not known here", "after a permission come “until TIME”, “unless serious” or “unless unusual”, and # with a note")
		}
		if len(rest) == 1 {
			break
		}
	}
	switch {
	case utf8.RuneCountInString(note) > maxNote:
		return wrong(fmt.Sprintf("the note has more than %d characters", maxNote), "put it on lines of its own that begin with #")
	case strings.ContainsFunc(note, unseen):
		return wrong("the note holds characters that cannot be seen", "write it anew")
	}
	return r, nil
}

// cutNote parts a line at its comment: a # at the beginning or after a blank,
// outside of quotes.
func cutNote(line string) (rest, note string) {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && quoted:
			i++
		case line[i] == '"':
			quoted = !quoted
		case line[i] == '#' && !quoted && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t'):
			return line[:i], strings.TrimSpace(line[i+1:])
		}
	}
	return line, ""
}

// unseen characters have no place on a line that a person reads.
func unseen(r rune) bool { return !unicode.IsGraphic(r) || unicode.Is(unicode.Bidi_Control, r) }

// show is a piece of the file in an error.
func show(s string) string {
	if r := []rune(s); len(r) > 40 {
		s = string(r[:39]) + "…"
	}
	return oneLine(s)
}
