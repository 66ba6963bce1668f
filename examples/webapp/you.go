package webapp

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/privyseal/privyseal/examples/webapp/relays"
	"github.com/privyseal/privyseal/nostr"
)

func (b *Board) you() {
	b.page("/you", "you.html", func(v visit) (any, error) {
		if !v.in {
			return nil, nil
		}
		badge, err := b.badge(v)
		return badge, err
	})
	b.act("profile", act{kind: 0, draft: b.draftProfile, done: reply{Said: "Your profile is saved. Every app finds it.", Next: "/you"}})
	b.mux.Handle("POST /you/check", b.login.Require(http.HandlerFunc(b.check)))
	b.mux.HandleFunc("GET /.well-known/nostr.json", b.names)
	b.badges()
}

// draftProfile changes what the form has, and keeps what it has not.
func (b *Board) draftProfile(v visit) (*nostr.Template, error) {
	old, err := b.newest(v.Context(), v.who, 0, "")
	if err != nil {
		return nil, err
	}
	p := readProfile(old)
	name := strings.TrimSpace(v.FormValue("name"))
	if name == "" || len(name) > 50 {
		return nil, wrong("Give a name of 1 to 50 letters.")
	}
	p["name"], p["about"] = name, strings.TrimSpace(v.FormValue("about"))
	if p.text("nip05") == "" {
		p["nip05"] = b.address(name, v.who)
	}
	raw, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	return &nostr.Template{Content: string(raw)}, nil
}

// address is a name at the board that nobody else can take: it ends in a part
// of the key.
func (b *Board) address(name string, who nostr.PubKey) string {
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(name))
	return plain + "-" + who.Npub()[5:9] + "@" + b.host()
}

func (b *Board) host() string {
	_, host, _ := strings.Cut(b.o.Origin, "://")
	return host
}

// names says which key a name at the board belongs to (NIP-05).
func (b *Board) names(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	name, found := r.FormValue("name"), map[string]string{}
	profiles, _ := relays.Query(r.Context(), b.o.Relay, nostr.Filter{Kinds: []nostr.Kind{0}})
	for _, e := range profiles {
		if readProfile(e).text("nip05") == name+"@"+b.host() && strings.HasSuffix(name, "-"+e.PubKey.Npub()[5:9]) {
			found[name] = e.PubKey.String()
		}
	}
	tell(w, http.StatusOK, map[string]any{"names": found})
}

// check reads a profile as any other app would: from the relay, trusting nothing
// but the signature, and the domain for the address.
func (b *Board) check(w http.ResponseWriter, r *http.Request) {
	v := b.visit(r)
	e, err := b.newest(r.Context(), v.who, 0, "")
	if err == nil && e == nil {
		err = wrong("No profile of yours was found. Save one first.")
	}
	if err != nil {
		fail(w, err)
		return
	}
	p := readProfile(e)
	said := "Another app sees: " + p.text("name") + ". The signature is yours."
	switch name, host, _ := strings.Cut(p.text("nip05"), "@"); {
	case host == "":
		said += " You have no address to check."
	case host != b.host():
		said += " The address " + p.text("nip05") + " cannot be checked from here, so it is shown as unchecked."
	default:
		var answer struct{ Names map[string]string }
		if err := b.tips.get(r.Context(), b.o.Origin+"/.well-known/nostr.json?name="+name, &answer); err != nil || answer.Names[name] != v.who.String() {
			said += " Its domain does not name you for " + p.text("nip05") + "."
			break
		}
		said += " Its domain names you too: " + p.text("nip05") + "."
	}
	tell(w, http.StatusOK, reply{Said: said})
}
