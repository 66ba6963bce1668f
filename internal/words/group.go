package words

import "github.com/privyseal/privyseal"

// GroupPrompt is the card of several questions that an app asked at once; the
// questions themselves are listed on it.
func GroupPrompt(app privyseal.App, n int) Prompt {
	return Prompt{
		ID:    "ask.group",
		Title: appName(&app) + " wants to do " + plural(n, "thing") + ".",
		Lines: []string{"Serious ones are never in this list."},
		Yes:   "Allow these " + number(int64(n)), No: "Allow none",
	}
}
