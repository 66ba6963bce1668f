package keeper

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/brake"
	"github.com/privyseal/privyseal/internal/store"
)

// settingOwnerSeen holds when the owner was last heard of.
const settingOwnerSeen = "owner-seen"

// looks are the verbs that only look: a script may call them for ever, so that
// they are no sign of the owner.
var looks = map[string]bool{
	control.VerbStatus: true, control.VerbAlive: true, control.VerbIdentityList: true, control.VerbIdentityShow: true,
	control.VerbAppsList: true, control.VerbAppsShow: true, control.VerbRequestsList: true, control.VerbRequestsShow: true, control.VerbRequestsBlocked: true,
	control.VerbRequestsWatch: true, control.VerbActivityList: true, control.VerbActivityShow: true,
	control.VerbActivityExport: true, control.VerbActivityVerify: true, control.VerbSettingsList: true,
	control.VerbSettingsGet: true, control.VerbRelaysList: true, control.VerbRelaysTest: true, control.VerbBackup: true,
	control.VerbPolicyTry: true, control.VerbPolicyExport: true, control.VerbActivityVersions: true, control.VerbPeopleList: true,
}

// ownerSeen notes a sign of the owner: an answer, a change, an unlock.
func (k *Keeper) ownerSeen(verb string, err error) {
	if looks[verb] || err != nil {
		return
	}
	at := k.now()
	if last, ok := k.lastOwner.Load().(time.Time); ok && at.Sub(last) >= 0 && at.Sub(last) < time.Minute {
		return
	}
	k.lastOwner.Store(at)
	k.store.Later(func(tx store.Tx) error { return tx.SetSetting(settingOwnerSeen, at.UTC().Format(time.RFC3339)) })
}

func (k *Keeper) loadOwner(r store.Reader) error {
	v, err := r.Setting(settingOwnerSeen)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if at, perr := time.Parse(time.RFC3339, v); perr == nil {
		k.lastOwner.Store(at)
	}
	return err
}

// deadMan is where the timer stands.
func (k *Keeper) deadMan(now time.Time) (brake.Due, time.Time) {
	d, err := parseTimer(k.setting(settingDeadMan))
	seen, ok := k.lastOwner.Load().(time.Time)
	if err != nil || !ok {
		return brake.DueNot, time.Time{}
	}
	return brake.DeadMan(d, seen, now)
}

// parseTimer reads a length in days, such as 30d.
func parseTimer(s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	days, ok := strings.CutSuffix(s, "d")
	d, err := time.ParseDuration(days + "h")
	if d *= 24; !ok || err != nil || d < 24*time.Hour || d > 3660*24*time.Hour {
		return 0, privyseal.E(privyseal.KindInvalid, "“"+s+"” is not a number of days", "for example: 30d")
	}
	return d, nil
}

func checkTimer(v string) error {
	_, err := parseTimer(v)
	return err
}

// watchOwner stops everything when the owner was not heard of for too long.
func (k *Keeper) watchOwner(ctx context.Context, now time.Time) {
	if due, _ := k.deadMan(now); due != brake.DueNow {
		return
	}
	n, err := k.pauseAll(ctx, "dead-man timer: every app paused, the vault locked", !k.vault.Locked())
	if err != nil {
		k.log.Error("the dead-man timer could not pause every app", "err", err)
	}
	if n == 0 && k.vault.Locked() {
		return
	}
	k.checkpoint(ctx)
	k.shut()
	k.counts.add("dead_man", 1)
	k.log.Warn("the dead-man timer ended: every app is paused and the vault is locked")
}

func (k *Keeper) deadManFindings() []control.Finding {
	due, end := k.deadMan(k.now())
	f := control.Finding{Check: "dead-man timer", State: "warning", Fix: "privyseal settings set " + settingDeadMan + " " + k.setting(settingDeadMan)}
	switch due {
	case brake.DueNot:
		return nil
	case brake.DueSoon:
		f.Text = "Every app is paused and the vault locked on " + end.UTC().Format("2 January at 15:04 UTC") + " unless you answer or change something."
	case brake.DueNow:
		f.State = "problem"
		f.Text = "You were not heard of for so long that every app was paused and the vault locked."
		f.Fix = "privyseal unlock, then privyseal apps resume APP"
	}
	return []control.Finding{f}
}
