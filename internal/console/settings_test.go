package console

import (
	"testing"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/words"
)

// What a form shows comes back as the value that it was.
func TestSettingsComeApart(t *testing.T) {
	for _, c := range []struct{ key, value, form, first, second, told string }{
		{"preset", "social", "choice", "social", "", "Post and react"},
		{"language", "es", "choice", "es", "", "Español"},
		{"tip-limit", "1000", "amount", "1000", "", "1000 sats"},
		{"rate-app", "5000,10000", "pair", "5000", "10000", "5000 in a second, 10000 at once"},
		{"veto-for", "10m", "span", "10", "", "10 minutes"},
		{"veto-for", "1h30m", "text", "1h30m", "", "1h30m"},
		{"dead-man", "", "span", "", "", "nothing"},
		{"dead-man", "30d", "span", "30", "", "30 days"},
		{"sink-behind", "5m,1000", "behind", "5", "1000", "5 minutes, 1000 entries"},
		{"two-people", "sign_event:5,sign_event:9", "deeds", "sign_event:9", "", "ask everyone to delete your posts, post in chats for you"},
		{"socks", "127.0.0.1:9050", "text", "127.0.0.1:9050", "", "127.0.0.1:9050"},
	} {
		f := fieldOf(c.key)
		a := f.ask(words.English, control.SettingInfo{Key: c.key, Value: c.value, Default: c.value})
		if a.Form != c.form || a.First != c.first || a.Second != c.second || a.Usual != c.told {
			t.Errorf("%s: %+v", c.key, a)
		}
	}
}

// Each setting has a name of its own and a word of help, in each language.
func TestSettingsAreNamed(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range groups {
		for _, f := range g.fields {
			for _, c := range []*words.Catalogue{words.English, words.Spanish} {
				if seen[f.key+c.Lang()] {
					t.Errorf("%s stands twice", f.key)
				}
				seen[f.key+c.Lang()] = true
				if a := f.ask(c, control.SettingInfo{}); a.Name == "" || a.About == "" || c.Page("group-"+g.name) == "" {
					t.Errorf("%s: %+v", f.key, a)
				}
				for _, o := range f.ask(c, control.SettingInfo{}).Choices {
					if o.Name == "" {
						t.Errorf("%s: %q has no name", f.key, o.Value)
					}
				}
			}
		}
	}
	rest := grouped(words.English, []control.SettingInfo{{Key: "new-thing", About: "As the keeper says."}})
	if last := rest[len(rest)-1]; len(last.Fields) != 1 || last.Fields[0].About != "As the keeper says." {
		t.Errorf("what has no place: %+v", last)
	}
}
