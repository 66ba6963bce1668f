package console

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/privyseal/privyseal/internal/control"
)

// Seam makes control calls to the keeper.
type Seam interface {
	Stream(ctx context.Context, verb string, args any, each func(json.RawMessage) error) error
}

// Options are what the console stands on.
type Options struct {
	// Seam is the keeper of this moment; nil while there is none.
	Seam func() Seam
	Log  *slog.Logger
	// Measure tries public relays, and names those to use.
	Measure func(context.Context) []string
}

// The seam ends with too many calls at once; the console keeps well below.
const (
	maxCalls = 24
	maxLive  = 16
)

// Console serves the pages.
type Console struct {
	Options
	mux   *http.ServeMux
	calls chan struct{} // a place for each call under way
	live  chan struct{} // and for each page that is kept up to date
}

// New makes the console.
func New(o Options) *Console {
	c := &Console{Options: o, mux: http.NewServeMux(), calls: make(chan struct{}, maxCalls), live: make(chan struct{}, maxLive)}
	c.mux.HandleFunc("GET /assets/{name}", serveAsset)
	c.mux.HandleFunc("GET "+control.EnterPath+"{code}", c.enter)
	c.mux.HandleFunc("GET "+control.JoinPath+"{code}", c.joinPage)
	c.mux.HandleFunc("POST "+control.JoinPath+"{code}", c.join)
	c.mux.HandleFunc("GET /login", c.login)
	c.mux.HandleFunc("POST /login", c.byPassphrase)
	c.mux.HandleFunc("POST /login/ask", c.passkeyAsk)
	c.mux.HandleFunc("POST /login/passkey", c.byPasskey)
	c.mux.HandleFunc("GET /{$}", c.within(questionsPage))
	c.mux.HandleFunc("GET /questions", c.within(questionsList))
	c.mux.HandleFunc("POST /questions", c.within(answer))
	c.mux.HandleFunc("POST /unlock", c.within(unlock))
	c.mux.HandleFunc("GET /live", c.within(live))
	c.mux.HandleFunc("GET /apps", c.within(appsPage))
	c.mux.HandleFunc("GET /apps/{id}", c.within(appPage))
	c.mux.HandleFunc("POST /apps/{id}", c.within(changeApp))
	c.mux.HandleFunc("POST /apps/{id}/stop", c.within(stopRule))
	c.mux.HandleFunc("POST /apps/{id}/forget", c.within(forgetRule))
	c.mux.HandleFunc("POST /apps/{id}/change", c.within(limitRule))
	c.mux.HandleFunc("GET /activity", c.within(activityPage))
	c.mux.HandleFunc("GET /activity/export", c.within(exportActivity))
	c.mux.HandleFunc("GET /activity/undo/{id}", c.within(undoPage))
	c.mux.HandleFunc("POST /activity/undo/{id}", c.within(undo))
	c.mux.HandleFunc("GET /connections", c.within(connectionsPage))
	c.mux.HandleFunc("GET /you", c.within(youPage))
	c.mux.HandleFunc("GET /you/passkey", c.within(newPasskeyPage))
	c.mux.HandleFunc("POST /you/passkey", c.within(addPasskey))
	c.mux.HandleFunc("POST /passkeys", c.within(removePasskey))
	c.mux.HandleFunc("GET /people", c.within(peoplePage))
	c.mux.HandleFunc("POST /people", c.within(invitePerson))
	c.mux.HandleFunc("POST /people/{id}", c.within(changePerson))
	c.mux.HandleFunc("GET /settings", c.within(settingsPage))
	c.mux.HandleFunc("POST /settings", c.within(changeSetting))
	c.mux.HandleFunc("GET /notifications", c.within(noticesPage))
	c.mux.HandleFunc("POST /notifications", c.within(changeNotices))
	c.mux.HandleFunc("POST /notifications/browser", c.within(addBrowser))
	c.mux.HandleFunc("GET /worker.js", servePart("worker.js", "text/javascript; charset=utf-8"))
	c.mux.HandleFunc("GET /app.webmanifest", servePart("app.webmanifest", "application/manifest+json"))
	c.mux.HandleFunc("POST /sessions", c.within(endSession))
	c.mux.HandleFunc("POST /logout", c.within(logOut))
	c.settingUp()
	c.accounting()
	c.connecting()
	c.asked()
	return c
}

// do calls the keeper for one answer.
func do[R any](ctx context.Context, c *Console, verb string, args any) (out R, err error) {
	seam := c.Seam()
	if seam == nil {
		return out, control.ErrGone
	}
	select {
	case c.calls <- struct{}{}:
		defer func() { <-c.calls }()
	case <-ctx.Done():
		return out, ctx.Err()
	}
	err = seam.Stream(ctx, verb, args, func(raw json.RawMessage) error { return json.Unmarshal(raw, &out) })
	return out, err
}
