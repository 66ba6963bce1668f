package console

import (
	"strings"

	"github.com/privyseal/privyseal/internal/control"
)

func peoplePage(v *visit) {
	list(v, "people", control.VerbPeopleList, nil, func(all []control.PersonInfo) map[string]any {
		identities, _ := look[[]control.IdentityInfo](v, control.VerbIdentityList, nil)
		return map[string]any{"People": all, "Identities": identities, "This": v.session.ID, "Roles": []string{"approver", "auditor", "owner"}}
	})
}

// invitePerson shows the link that it makes this once.
func invitePerson(v *visit) {
	form := v.r.PostFormValue
	args := control.PersonArgs{Name: strings.TrimSpace(form("name")), Role: form("role"), Identity: form("identity")}
	v.what = v.say().Page("invited", "name", args.Name)
	v.warns = []string{v.say().Page("about-" + args.Role)}
	if code, done := change[control.PersonCode](v, control.VerbPeopleInvite, args); done {
		v.show("handover", map[string]any{"Code": code})
	}
}

// changePerson gives somebody another role, or takes from them what they have.
func changePerson(v *visit) {
	id, form, say := v.r.PathValue("id"), v.r.PostFormValue, v.say().Page
	done := false
	switch form("do") {
	case "role":
		args := control.PersonArgs{Name: id, Role: form("role"), Identity: form("identity")}
		who := say("for-all")
		if args.Identity != "" {
			who = say("for-one", "name", form("for-"+args.Identity))
		}
		v.what = say("role-changed", "name", form("name"), "text", say("role-"+args.Role), "who", who)
		_, done = change[control.PersonInfo](v, control.VerbPeopleRole, args)
	case "remove":
		v.what = say("person-removed", "name", form("name"))
		_, done = change[control.PersonInfo](v, control.VerbPeopleRemove, control.Name{Name: id})
	case "out":
		_, done = change[control.PersonInfo](v, control.VerbPeopleSignOut, control.PersonSession{Person: id})
	default:
		v.refuse(v.w, v.r, "old-page")
	}
	if done {
		v.redirect("/people")
	}
}
