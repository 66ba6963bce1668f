package console

import (
	"github.com/privyseal/privyseal/internal/control"
)

// recovering adds the pages where a recovery file is made, saved and tried.
func (c *Console) recovering() {
	c.mux.HandleFunc("GET /identities/{id}/recovery", c.within(func(v *visit) { v.account("recovery", nil) }))
	c.mux.HandleFunc("POST /identities/{id}/recovery", c.within(makeRecovery))
	c.mux.HandleFunc("POST /identities/{id}/recovery/file", c.within(saveRecovery))
	c.mux.HandleFunc("GET /identities/{id}/recovery/try", c.within(func(v *visit) { v.account("recovery-tries", nil) }))
	c.mux.HandleFunc("POST /identities/{id}/recovery/try", c.within(tryRecovery))
}

// makeRecovery shows the file's code this once. The file comes along in the
// page, locked: nothing of it is kept here until it is saved.
func makeRecovery(v *visit) {
	v.what = v.say().Page("recovery-is")
	if made, done := change[control.Recovery](v, control.VerbRecoveryMake, control.Name{Name: v.r.PathValue("id")}); done {
		v.account("recovery-made", map[string]any{"Made": made})
	}
}

// recoveryOf makes and shows the file of an account that was just made, with the
// passphrase that was typed for that; false without one.
func (v *visit) recoveryOf(who control.IdentityInfo, then string) bool {
	pass := v.r.PostFormValue("passphrase")
	a, err := v.act(control.VerbRecoveryMake, control.Name{Name: who.ID})
	if pass == "" || err != nil {
		return false
	}
	a.Passphrase = []byte(pass)
	made, err := do[control.Recovery](v.r.Context(), v.Console, control.VerbConsoleDo, a)
	if err != nil {
		return false // its own page says why
	}
	v.about(who, then, "recovery-made", map[string]any{"Made": made})
	return true
}

// saveRecovery gives back the file that a page brought along, to be saved.
func saveRecovery(v *visit) {
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="privyseal-recovery.txt"`)
	_, _ = v.w.Write([]byte(v.r.PostFormValue("file")))
}

// tryRecovery has the keeper open a file that is given back.
func tryRecovery(v *visit) {
	args := control.RecoveryTry{Name: v.r.PathValue("id"), File: v.upload("file"), Code: []byte(v.r.PostFormValue("code"))}
	defer clear(args.Code)
	who, err := look[control.IdentityInfo](v, control.VerbRecoveryTry, args)
	if err != nil {
		v.account("recovery-tries", map[string]any{"Wrong": inWords(err)})
		return
	}
	to := v.then()
	if to == "" {
		to = "/identities/" + who.ID
	}
	v.account("recovery-tried", map[string]any{"To": to, "First": to == firstApp})
}
