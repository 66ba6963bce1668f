package words

import "github.com/privyseal/privyseal"

// GroupPrompt is the card of several questions that an app asked at once; the
// questions themselves are listed on it.
func (c *Catalogue) GroupPrompt(app privyseal.App, n int) Prompt {
	return Prompt{
		ID:    "ask.group",
		Title: c.say("group", "app", c.appName(&app), "things", c.count("thing", int64(n))),
		Lines: []string{c.say("group-grave")},
		Yes:   c.say("group-yes", "n", c.number(int64(n))), No: c.say("group-no"), Lasts: []string{c.say("once")},
	}
}
