package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf16"
)

// show prints a result: as JSON, or as human says.
func (m *Main) show(v any, human func(w io.Writer)) error {
	if m.cli.JSON {
		return writeJSON(m.Stdout, v, "  ")
	}
	human(m.Stdout)
	return nil
}

// line prints one object of a stream.
func (m *Main) line(v any, human func(w io.Writer)) error {
	if m.cli.JSON {
		return writeJSON(m.Stdout, v, "")
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

// writeJSON writes a document as it is read anywhere, also at a terminal: what
// would steer one, or cannot be seen, is escaped.
func writeJSON(w io.Writer, v any, indent string) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return err
	}
	if !bytes.ContainsFunc(b.Bytes(), steers) {
		_, err := b.WriteTo(w)
		return err
	}
	var out strings.Builder
	for _, r := range b.String() {
		if !steers(r) {
			out.WriteRune(r)
			continue
		}
		for _, u := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&out, `\u%04x`, u)
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// steers reports a character that moves a cursor, turns text round, or cannot
// be seen. A document's own line breaks are none.
func steers(r rune) bool {
	return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)) ||
		r == '\u2800' || r == '\u3164'
}

// printable keeps foreign text from steering the terminal: an app chooses its
// own name. What holds an emoji together stays.
func printable(s string) string {
	picture := false
	return strings.Map(func(r rune) rune {
		joins := picture && (r == '\u200d' || r == '\ufe0e' || r == '\ufe0f')
		picture = joins || unicode.In(r, unicode.So, unicode.Sk) || r < 0x80 && unicode.IsDigit(r)
		if !joins && (steers(r) || r == '\n' || r == unicode.ReplacementChar) {
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
