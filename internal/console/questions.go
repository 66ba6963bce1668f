package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

func questionsPage(v *visit) {
	if data, err := waiting(v); err != nil {
		v.failed(v.w, v.r, err)
	} else {
		v.show("questions", data)
	}
}

// waiting is what there is to see: questions, and what was blocked. While the
// vault is locked nobody can read them.
func waiting(v *visit) (map[string]any, error) {
	cards, err := look[[]control.QuestionInfo](v, control.VerbRequestsList, nil)
	if err != nil {
		return nil, err
	}
	blocked, err := look[[]control.BlockedInfo](v, control.VerbRequestsBlocked, nil)
	if err != nil {
		return nil, err
	}
	status, err := do[control.Status](v.r.Context(), v.Console, control.VerbStatus, nil)
	return map[string]any{"Cards": cards, "Blocked": blocked, "Locked": status.Locked}, err
}

// unlock opens the vault; the passphrase in the call is its proof.
func unlock(v *visit) {
	pass := []byte(v.r.PostFormValue("passphrase"))
	defer clear(pass)
	if _, err := look[control.Status](v, control.VerbUnlock, control.Passphrase{Passphrase: pass}); err != nil {
		v.failed(v.w, v.r, err)
		return
	}
	v.redirect("/")
}

// questionsList is the same list, without the page around it.
func questionsList(v *visit) {
	data, err := waiting(v)
	if err != nil {
		v.failed(v.w, v.r, err)
		return
	}
	v.render(v.w, v.r, "questions", "list", v, data)
}

// answer carries an answer to the keeper, bound to the words that were shown.
func answer(v *visit) {
	form := v.r.PostFormValue
	args := control.AnswerArgs{ID: form("id"), Words: form("words"), Typed: form("typed")}
	verb := control.VerbRequestsDeny
	if form("answer") == "yes" {
		verb = control.VerbRequestsApprove
		if r := form("remember"); r != "once" {
			args.Remember = r
		}
	}
	to := "/"
	if form("only") != "" {
		to = "/question/" + url.PathEscape(args.ID)
	}
	if _, done := change[control.QuestionInfo](v, verb, args); done {
		v.redirect(to)
	}
}

// beat keeps a quiet line from being taken for a dead one.
const beat = 20 * time.Second

// live says when there is something new to show. It never says what.
func live(v *visit) {
	seam := v.Seam()
	out, ok := v.w.(http.Flusher)
	if seam == nil || !ok {
		http.Error(v.w, "", http.StatusServiceUnavailable)
		return
	}
	select {
	case v.live <- struct{}{}:
		defer func() { <-v.live }()
	default:
		http.Error(v.w, "", http.StatusServiceUnavailable)
		return
	}
	v.w.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprint(v.w, "retry: 1000\n\n")
	out.Flush()
	a, _ := v.act(control.VerbRequestsWatch, nil)
	news, ended := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(ended)
		_ = seam.Stream(v.r.Context(), control.VerbConsoleDo, a, func(json.RawMessage) error {
			select {
			case news <- struct{}{}:
			default: // told already
			}
			return nil
		})
	}()
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		text := ": still here\n\n"
		select {
		case <-ended:
			return
		case <-news:
			text = "event: questions\ndata: new\n\n"
		case <-tick.C:
		}
		if _, err := fmt.Fprint(v.w, text); err != nil {
			<-ended // the request's context ends with it
			return
		}
		out.Flush()
	}
}
