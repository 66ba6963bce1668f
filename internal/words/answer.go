package words

import "time"

// MustType says that a yes needs its number typed.
func (c *Catalogue) MustType(number string) string { return c.say("must-type", "n", number) }

// NotShown says that a yes came to what nobody has seen.
func (c *Catalogue) NotShown() string { return c.say("not-shown") }

// TooSoon says that a yes came before one can have read what it is to.
func (c *Catalogue) TooSoon(wait time.Duration) string {
	return c.say("too-soon", "span", c.exactly(wait))
}

// More is what details stand under.
func (c *Catalogue) More() string { return c.say("more") }
