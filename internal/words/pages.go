package words

// Page is a text of the console's pages. Pairs are a placeholder's name and its
// value.
func (c *Catalogue) Page(id string, pairs ...string) string { return fill(c.pages[id], pairs...) }
