package console

import (
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/words"
)

func TestHints(t *testing.T) {
	born := time.Unix(1_700_000_000, 0)
	used := control.AppInfo{Name: "Coracle", State: "active", Created: born, LastSeen: born.Add(time.Hour)}
	silent, snort, ended, older := used, used, used, used
	silent.LastSeen = born.Add(time.Second)
	snort.Claims.URL = "https://snort.social"
	ended.State, ended.Name = "revoked", "Snort"
	older.LastSeen, older.Compatible = born, true
	for _, c := range []struct {
		name string
		app  control.AppInfo
		want string
	}{{"nothing", used, ""}, {"silent", silent, "hint-silent"}, {"by address", snort, "hint-refused"}, {"ended", ended, ""}, {"older", older, ""}} {
		if got := hint(c.app, control.AppWeek{}); got != c.want {
			t.Errorf("%s: %q", c.name, got)
		} else if got != "" && words.English.Page(got) == "" {
			t.Errorf("%s has no text", got)
		}
	}
}
