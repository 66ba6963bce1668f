package main

import "github.com/privyseal/privyseal/internal/words"

// language is that of the environment, else English.
func (m *Main) language() *words.Catalogue {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := m.Getenv(name); v != "" {
			if c := words.In(v); c != nil && c.Lang() != words.PseudoLang {
				return c
			}
			break
		}
	}
	return words.English
}

// foreign is the language of a new signer, "" for English.
func (m *Main) foreign() string {
	if c := m.language(); c != words.English {
		return c.Lang()
	}
	return ""
}
