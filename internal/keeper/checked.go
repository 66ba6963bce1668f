package keeper

import (
	"context"
	"encoding/base64"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/keeper/summon"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nip46"
)

// settingChecked is followed by the id of an app whose host was checked: the
// host, sealed.
const settingChecked = "checked/"

// returnParam is how a callback is told the code, and returnFor how long that
// holds.
const (
	returnParam = "nostr_code"
	returnFor   = 10 * time.Minute
)

// hosts are those that apps were checked to be from (design decision 13).
type hosts struct {
	codes summon.Book // that came back with a person
	mu    sync.Mutex
	known map[string]string // by app; "" is none
}

// returning is where an app's person goes back to, with a code that only the
// host which the app says it is from gets to see. Who sends that code over the
// app's session is from there. "" when there is no such way.
func (k *Keeper) returning(ctx context.Context, app privyseal.App, link *nip46.ConnectURI) string {
	site, ok := effect.SecureHost(link.Metadata.URL)
	back, safe := effect.SecureHost(link.Callback)
	u, err := url.Parse(link.Callback)
	if _, person := acting(ctx); !person || !ok || !safe || err != nil || site != back {
		return ""
	}
	now := k.now()
	code := k.hosts.codes.Make(summon.Request{App: app.ID, ID: link.Secret}, app.ID+" "+back, now.Add(returnFor), now)
	if code == "" {
		return ""
	}
	q := u.Query()
	q.Set(returnParam, code)
	u.RawQuery = q.Encode()
	return u.String()
}

// cameBack notes that an app is from the host whose code it sends.
func (k *Keeper) cameBack(ctx context.Context, app privyseal.App, code string) error {
	now := k.now()
	what, ok := k.hosts.codes.Peek(code, now)
	host, its := strings.CutPrefix(what, app.ID+" ")
	if code == "" || !ok || !its {
		return nil
	}
	if _, ok := k.hosts.codes.Take(code, now); !ok {
		return nil
	}
	return k.setChecked(ctx, app, host, "checked to be from "+host)
}

func (k *Keeper) setChecked(ctx context.Context, app privyseal.App, host, detail string) error {
	value := ""
	if host != "" {
		sealed, err := k.vault.Seal(vault.PurposeWords, settingChecked+app.ID, 1, []byte(host))
		if err != nil {
			return err
		}
		value = base64.StdEncoding.EncodeToString(sealed)
	}
	err := k.store.Update(ctx, func(tx store.Tx) error {
		if err := tx.SetSetting(settingChecked+app.ID, value); err != nil {
			return err
		}
		return note(tx, privyseal.Record{Time: k.now(), Identity: app.Identity, App: app.ID, Detail: detail})
	})
	if err == nil {
		k.hosts.set(app.ID, host)
	}
	return err
}

func (h *hosts) set(app, host string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.known == nil {
		h.known = map[string]string{}
	}
	h.known[app] = host
}

// checkedHost is where an app was checked to be from; "" is nowhere, and while
// the vault is locked.
func (k *Keeper) checkedHost(app string) string {
	k.hosts.mu.Lock()
	host, ok := k.hosts.known[app]
	k.hosts.mu.Unlock()
	if ok {
		return host
	}
	value := ""
	err := k.store.View(context.Background(), func(r store.Reader) (err error) {
		value, err = r.Setting(settingChecked + app)
		return err
	})
	if err == store.ErrNotFound || err == nil && value == "" {
		k.hosts.set(app, "")
		return ""
	}
	sealed, bad := base64.StdEncoding.DecodeString(value)
	if err != nil || bad != nil {
		return ""
	}
	raw, err := k.vault.Open(vault.PurposeWords, settingChecked+app, 1, sealed)
	if err != nil {
		return ""
	}
	k.hosts.set(app, string(raw))
	return string(raw)
}
