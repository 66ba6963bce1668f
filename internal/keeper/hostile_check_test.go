package keeper_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// standing is all that decides what anybody may do.
type standing struct {
	Identities, People, Passkeys, Settings, Relays, Seals, Links []string
	Widening                                                     []string // grants that allow or ask
	Refusing                                                     []string // for good
	Apps                                                         []string
}

func (h *hostile) stands() (s standing) {
	h.t.Helper()
	must(h.t, h.store.Flush(h.ctx))
	must(h.t, h.store.View(h.ctx, func(r store.Reader) error {
		identities, err := r.Identities()
		must(h.t, err)
		for _, i := range identities {
			s.Identities = append(s.Identities, i.ID+" "+i.Name)
		}
		persons, err := r.Persons()
		must(h.t, err)
		for _, p := range persons {
			s.People = append(s.People, fmt.Sprintf("%s %s %v %x", p.ID, p.Name, p.Roles, p.Code))
		}
		passkeys, err := r.Passkeys()
		must(h.t, err)
		for _, p := range passkeys {
			s.Passkeys = append(s.Passkeys, fmt.Sprintf("%x %s %s %x", p.ID, p.Person, p.Domain, p.Key))
		}
		seals, err := r.Seals()
		must(h.t, err)
		for _, x := range seals {
			s.Seals = append(s.Seals, x.ID)
		}
		links, err := r.Invitations()
		must(h.t, err)
		for _, l := range links {
			s.Links = append(s.Links, l.ID)
		}
		apps, err := r.Apps()
		must(h.t, err)
		for _, a := range apps {
			s.Apps = append(s.Apps, fmt.Sprintf("%s %s %s %s %v %v", a.ID, a.Identity, a.Client, a.Preset, a.Compatible, a.Ends.UnixMilli()))
			grants, err := r.Grants(a.ID)
			must(h.t, err)
			for _, g := range grants {
				switch {
				case g.Verdict != privyseal.Refuse:
					s.Widening = append(s.Widening, g.ID+" "+g.Permission.String()+" "+g.Verdict.String())
				case g.Until.IsZero():
					s.Refusing = append(s.Refusing, a.ID+" "+g.Permission.String())
				}
			}
		}
		return nil
	}))
	for _, x := range mustCall[[]control.SettingInfo](h.rig, control.VerbSettingsList, nil) {
		s.Settings = append(s.Settings, x.Key+"="+x.Value)
	}
	for _, x := range mustCall[[]control.RelayInfo](h.rig, control.VerbRelaysList, nil) {
		s.Relays = append(s.Relays, x.URL)
	}
	return s
}

// live is what the person and the apps do meanwhile. What the front took away
// the person gives back, over the command line.
func (h *hostile) live() {
	h.t.Helper()
	if mustCall[control.Status](h.rig, control.VerbStatus, nil).Locked {
		mustCall[control.Status](h.rig, control.VerbUnlock, control.Passphrase{Passphrase: []byte(passphrase)})
	}
	for _, c := range []**client{&h.granted, &h.asking, &h.older} {
		a := h.appOf(*c)
		switch a.State {
		case "active", "paused":
			_, err := call[control.AppInfo](h.rig, control.VerbAppsResume, control.Name{Name: a.ID})
			if err != nil && privyseal.KindOf(err) != privyseal.KindConflict {
				h.t.Fatal(err)
			}
		default:
			args := control.InviteArgs{Identity: "ana", Preset: "ask", AppName: a.Name, Refuse: "sign_event:4", Compatible: a.Compatible}
			if c == &h.granted {
				args.Allow, args.Refuse = "sign_event:1", ""
			}
			*c = h.rig.paired(args)
		}
	}
	h.signsIn()
	// Something is proven by the person, so that there is a proof to replay.
	owner := h.people["owner"]
	act := owner.signs(control.VerbSettingsSet, control.SettingArgs{Key: "log-level", Value: "info"})
	must(h.t, done(h.rig, act))
	h.acts++
	if h.proven = append(h.proven, act); len(h.proven) > 8 {
		h.proven = h.proven[1:]
	}
	for range 3 {
		h.asks(h.granted, h.granted.note(fmt.Sprintf("honest %d", len(h.honest))))
		h.asks(h.asking, h.asking.note(fmt.Sprintf("honest %d", len(h.honest))))
		h.asks(h.older, h.older.note(fmt.Sprintf("honest %d", len(h.honest))))
	}
	h.asks(h.asking, h.asking.event(0, fmt.Sprintf(`{"name":"serious %d"}`, len(h.honest))))
	h.asks(h.asking, h.asking.event(4, fmt.Sprintf("refused %d", len(h.honest))))
	h.sleep(20 * time.Second)
	h.base = h.stands()
	h.learn()
}

func (h *hostile) asks(c *client, event string) {
	ev := c.seal(c.request("sign_event", event), h.now())
	h.honest[ev.ID.String()] = true
	h.events = append(h.events, ev.AppendJSON(nil))
	if len(h.events) > 40 {
		h.events = h.events[1:]
	}
	c.send(ev)
}

// signsIn has people sign in anew whose sessions the front ended.
func (h *hostile) signsIn() {
	for name, v := range h.people {
		if _, err := fromFront[control.Session](h.rig, control.VerbConsoleSession, control.Token{Token: v.session.Token}); err != nil {
			v.session = h.enters(name).session
		}
	}
}

func (h *hostile) appOf(c *client) control.AppInfo {
	for _, a := range mustCall[[]control.AppInfo](h.rig, control.VerbAppsList, nil) {
		if a.Client == c.pub.String() {
			return a
		}
	}
	h.t.Fatal("an app is gone")
	return control.AppInfo{}
}

func (h *hostile) records() int {
	return int(mustCall[control.Status](h.rig, control.VerbStatus, nil).Chain.Records)
}

// check holds what came of it against what may.
func (h *hostile) check() {
	h.t.Helper()
	must(h.t, h.k.Drain(h.ctx))
	now := h.stands()
	for what, pair := range map[string][2][]string{
		"identities": {h.base.Identities, now.Identities}, "people": {h.base.People, now.People}, "passkeys": {h.base.Passkeys, now.Passkeys},
		"settings": {h.base.Settings, now.Settings}, "relays": {h.base.Relays, now.Relays}, "seals": {h.base.Seals, now.Seals},
		"links": {h.base.Links, now.Links}, "apps": {h.base.Apps, now.Apps},
	} {
		if !slices.Equal(pair[0], pair[1]) {
			h.t.Fatalf("%s changed:\n%v\n%v", what, pair[0], pair[1])
		}
	}
	for _, g := range now.Widening {
		if !slices.Contains(h.base.Widening, g) {
			h.t.Fatalf("a grant appeared: %s", g)
		}
	}
	for _, g := range h.base.Refusing {
		if !slices.Contains(now.Refusing, g) {
			h.t.Fatalf("a refusal is gone: %s", g)
		}
	}
	h.checkRecord()
	h.checkOut()
}

// checkRecord looks at every use of a key since the last check.
func (h *hostile) checkRecord() {
	h.t.Helper()
	must(h.t, h.store.View(h.ctx, func(r store.Reader) error {
		return r.EachRecord(h.read, func(rec privyseal.Record) error {
			h.read = rec.Seq + 1
			switch {
			case rec.Detail == "setting log-level changed by owner in the console":
				h.onFile++
			case rec.Phase == privyseal.PhaseDecided && rec.Verdict == privyseal.Allow:
				if !h.honest[rec.Event.String()] {
					h.t.Fatalf("allowed, and no app asked for it: %+v", rec)
				}
				if rec.Level.AtLeast(privyseal.L3) {
					h.t.Fatalf("serious, and nobody proved it: %+v", rec)
				}
			}
			return nil
		})
	}))
	if h.onFile != h.acts {
		h.t.Fatalf("%d acts are on record that a person proved, and %d were", h.onFile, h.acts)
	}
}

// checkOut looks at everything that was sent to relays.
func (h *hostile) checkOut() {
	h.t.Helper()
	h.mu.Lock()
	out, proofs := h.out, h.proofs
	h.out, h.proofs = nil, nil
	h.mu.Unlock()
	for _, o := range out {
		for _, c := range []*client{h.granted, h.asking, h.older} {
			a, ok := c.open(o)
			if !ok || a.Error != "" {
				continue
			}
			ev, err := nostr.ParseEvent([]byte(a.Result))
			if err != nil {
				continue // no event
			}
			if ev.PubKey.String() != h.author || !strings.HasPrefix(ev.Content, "honest ") {
				h.t.Fatalf("signed: %s", a.Result)
			}
		}
	}
	for _, p := range proofs {
		for _, raw := range p.Events {
			ev, err := nostr.ParseEvent(raw)
			must(h.t, err)
			if ev.Kind != 22242 || ev.PubKey.String() == h.author {
				h.t.Fatalf("signed for a relay: %s", raw)
			}
		}
	}
}
