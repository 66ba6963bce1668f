// Package words is the catalogue: every sentence a person reads, and its
// rendering from the exact bytes to be signed. It is pure and deterministic. It
// refuses to print an app's text as ours: what an app wrote is cleaned, cut
// and set in quotes. Prompts keep to the rules that its tests check: a title of
// at most 14 words, at most 45 in all, school grade 6, no jargon outside the
// details, verbs on the buttons, always a "how long".
package words
