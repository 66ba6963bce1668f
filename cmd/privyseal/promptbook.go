package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/promptbook"
	"github.com/privyseal/privyseal/internal/words"
)

type promptbookCmd struct {
	Lang    string `placeholder:"LANG" help:"The language: en, es, or pseudo (English made to look foreign); else that of $$LANG."`
	Find    string `placeholder:"TEXT" help:"Only questions whose name or words hold this text."`
	Details bool   `help:"Print what stands under “More details” too."`
	HTML    string `placeholder:"FILE" name:"html" help:"Write one page instead; - is standard output." xor:"where"`
	Out     string `placeholder:"DIR" help:"Write a page for each language into a folder instead." xor:"where"`
}

func (promptbookCmd) Help() string {
	return `Every question for every kind and level, from made-up requests. Nothing is asked and no vault is needed.

Examples:
  privyseal promptbook
  privyseal promptbook --find "kind 3" --details
  privyseal promptbook --lang es --html preguntas.html
  privyseal promptbook --out book/
  privyseal promptbook --json`
}

func (c *promptbookCmd) Run(m *Main) error {
	lang := words.In(c.Lang)
	if c.Lang != "" && lang == nil {
		return usage("there is no language “"+c.Lang+"”", "choose one of: "+strings.Join(words.Languages(), ", "))
	}
	if lang == nil {
		lang = m.language()
	}
	pages := slices.DeleteFunc(promptbook.Pages(), func(p promptbook.Page) bool { return !p.Holds(lang, c.Find) })
	switch {
	case len(pages) == 0:
		return usage("no question holds “"+c.Find+"”", "see all of them with: privyseal promptbook")
	case c.HTML == "-":
		return promptbook.HTML(m.Stdout, lang, pages)
	case c.HTML != "":
		f, err := writeBook(c.HTML, lang, pages)
		if err != nil {
			return err
		}
		return m.showBooks([]bookFile{f})
	case c.Out != "":
		return m.bookFolder(c.Out, pages)
	}
	var failed error
	err := m.show(promptbook.Cards(lang, pages), func(w io.Writer) { failed = promptbook.Text(w, lang, pages, c.Details) })
	if err != nil {
		return err
	}
	return failed
}

func (m *Main) bookFolder(dir string, pages []promptbook.Page) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fail(privyseal.KindInvalid, "the folder "+dir+" cannot be made: "+plainError(err).Error(), "give another with --out")
	}
	var written []bookFile
	for _, lang := range append(words.Languages(), words.PseudoLang) {
		f, err := writeBook(filepath.Join(dir, lang+".html"), words.In(lang), pages)
		if err != nil {
			return err
		}
		written = append(written, f)
	}
	return m.showBooks(written)
}

// bookFile is a page that was written.
type bookFile struct {
	File      string `json:"file"`
	Lang      string `json:"lang"`
	Questions int    `json:"questions"`
}

func writeBook(file string, c *words.Catalogue, pages []promptbook.Page) (bookFile, error) {
	var b bytes.Buffer
	if err := promptbook.HTML(&b, c, pages); err != nil {
		return bookFile{}, err
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		return bookFile{}, fail(privyseal.KindInvalid, file+" cannot be written: "+plainError(err).Error(), "give another file")
	}
	return bookFile{file, c.Lang(), len(pages)}, nil
}

func (m *Main) showBooks(written []bookFile) error {
	return m.show(written, func(w io.Writer) {
		for _, f := range written {
			fmt.Fprintf(w, "%s: %d questions (%s)\n", printable(f.File), f.Questions, f.Lang)
		}
	})
}
