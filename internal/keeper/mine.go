package keeper

import (
	"slices"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// mine leaves out of an answer what concerns identities that a person has no
// role for. What it does not know it withholds from whoever has no role for
// everything.
func (k *Keeper) mine(who privyseal.Person, v any) (any, bool) {
	if who.RoleOn("") >= privyseal.RoleAuditor {
		return v, true
	}
	may := func(identity string) bool { return who.RoleOn(identity) >= privyseal.RoleAuditor }
	app := func(id string) bool {
		a, ok := k.book.appByID(id)
		return ok && may(a.Identity)
	}
	switch v := v.(type) {
	case control.IdentityInfo:
		return v, may(v.ID)
	case control.AppInfo:
		return v, app(v.ID)
	case control.AppStopped:
		return v, app(v.App.ID)
	case control.QuestionInfo:
		return v, app(v.AppID)
	case control.RecordInfo:
		return v, v.Identity != "" && may(v.Identity)
	case control.Trial:
		return v, app(v.AppID)
	case []control.IdentityInfo:
		return only(v, func(x control.IdentityInfo) bool { return may(x.ID) }), true
	case []control.AppInfo:
		return only(v, func(x control.AppInfo) bool { return app(x.ID) }), true
	case []control.QuestionInfo:
		return only(v, func(x control.QuestionInfo) bool { return app(x.AppID) }), true
	case []control.BlockedInfo:
		return only(v, func(x control.BlockedInfo) bool { return may(x.Identity) }), true
	case []control.RecordInfo:
		return only(v, func(x control.RecordInfo) bool { return x.Identity != "" && may(x.Identity) }), true
	case control.Status:
		return control.Status{
			Version: v.Version, Started: v.Started, Locked: v.Locked, HasVault: v.HasVault, Store: v.Store, Relays: v.Relays,
			Counters: map[string]int{},
		}, true
	case control.Notices:
		v.Ways = only(v.Ways, func(x control.NoticeInfo) bool { return x.Person == who.ID })
		return v, true
	case control.NoticeInfo:
		return v, v.Person == who.ID
	case control.PersonInfo:
		return v, v.ID == who.ID
	case []control.PersonInfo:
		return only(v, func(x control.PersonInfo) bool { return x.ID == who.ID }), true
	case control.Paused, []control.RelayInfo, control.Undo, control.PolicyText, []control.VersionInfo, control.Learning,
		control.AppsPage, control.AppWeek, control.ActivityPage,
		control.Invite, control.Pairing, control.Exported, none, nil:
		return v, true // of what the role was looked at for, or of nobody
	}
	return nil, false
}

func only[T any](list []T, keep func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), func(x T) bool { return !keep(x) })
}
