package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
)

// show prints a result: as JSON, or as human says.
func (m *Main) show(v any, human func(w io.Writer)) error {
	if m.cli.JSON {
		enc := json.NewEncoder(m.Stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(v)
	}
	human(m.Stdout)
	return nil
}

// line prints one object of a stream.
func (m *Main) line(v any, human func(w io.Writer)) error {
	if m.cli.JSON {
		enc := json.NewEncoder(m.Stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(v)
	}
	human(m.Stdout)
	return nil
}

// table prints rows in columns.
func table(w io.Writer, rows [][]string) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		for i, c := range r {
			r[i] = printable(c)
		}
		fmt.Fprintln(tw, strings.TrimRight(strings.Join(r, "\t"), "\t"))
	}
	_ = tw.Flush()
}

// printable keeps foreign text from steering the terminal: an app chooses its
// own name.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
			return '·'
		}
		return r
	}, s)
}

// bullet prints a sentence of a list.
func bullet(w io.Writer, s string) { fmt.Fprintf(w, "  · %s\n", printable(s)) }

// short is the start of an id, enough to name it by.
func short(id string) string { return id[:min(len(id), 8)] }

// clock is a time as people read it, "" for none.
func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

// plural counts things.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
