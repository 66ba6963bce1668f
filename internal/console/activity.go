package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// sought is what somebody looks for in the activity.
type sought struct{ App, Text, Day string }

// And is the address of the same search with one more thing.
func (s sought) And(name string, value any) string {
	q := []string{}
	for _, p := range [][2]string{{"app", s.App}, {"q", s.Text}, {"day", s.Day}} {
		if p[1] != "" {
			q = append(q, p[0]+"="+url.QueryEscape(p[1]))
		}
	}
	if name != "" {
		q = append(q, name+"="+url.QueryEscape(fmt.Sprint(value)))
	}
	return "?" + strings.Join(q, "&")
}

func activityPage(v *visit) {
	query := v.r.URL.Query()
	s := sought{App: query.Get("app"), Text: strings.TrimSpace(query.Get("q")), Day: query.Get("day")}
	args := control.ActivitySearch{App: s.App, Text: s.Text, Limit: perPage}
	args.Before, _ = strconv.ParseUint(query.Get("before"), 10, 64)
	if day, err := time.ParseInLocation(time.DateOnly, s.Day, time.Local); err == nil {
		args.Since, args.Until = day, day.AddDate(0, 0, 1)
	} else {
		s.Day = ""
	}
	list(v, "activity", control.VerbActivitySearch, args, func(p control.ActivityPage) map[string]any {
		data := map[string]any{"Records": p.Records, "Sought": s, "Next": p.Next}
		if s.App != "" {
			data["AppName"] = s.App
			if len(p.Records) > 0 && p.Records[0].AppName != "" {
				data["AppName"] = p.Records[0].AppName
			}
		}
		if query.Has("check") {
			if checked, err := look[control.Verification](v, control.VerbActivityVerify, nil); err == nil {
				data["Checked"] = checked
			}
		}
		return data
	})
}

// exportActivity sends the whole record as a file, as the command line writes it.
func exportActivity(v *visit) {
	a, err := v.act(control.VerbActivityExport, nil)
	seam := v.Seam()
	if err != nil || seam == nil {
		v.failed(v.w, v.r, control.ErrGone)
		return
	}
	select {
	case v.calls <- struct{}{}:
		defer func() { <-v.calls }()
	case <-v.r.Context().Done():
		return
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/x-ndjson")
	h.Set("Content-Disposition", `attachment; filename="privyseal-activity.jsonl"`)
	err = seam.Stream(v.r.Context(), control.VerbConsoleDo, a, func(raw json.RawMessage) error {
		_, err := v.w.Write(append(raw, '\n'))
		return err
	})
	if err != nil { // a file that is cut short must not look whole
		v.Log.Warn("an export broke off", "err", err)
		panic(http.ErrAbortHandler)
	}
}
