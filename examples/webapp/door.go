package webapp

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/privyseal/privyseal/login"
	"github.com/privyseal/privyseal/nostr"
)

const (
	passLasts      = 24 * time.Hour
	challengeLasts = 2 * time.Minute
	kindPass       = nostr.Kind(78) // an app's own data, signed by the venue
	maxPass        = 4 << 10
)

// venue is a door: it lets in who signs a challenge, and who brings a pass that
// was not used. For a pass it needs neither relay nor signer, only its own key
// and the list of passes used.
type venue struct {
	mu      sync.Mutex
	asked   map[string]time.Time // challenges, until when
	used    map[nostr.ID]bool
	Entered []entry
}

type entry struct {
	By, Name string
	At       time.Time
}

func (b *Board) door() {
	b.venue.asked, b.venue.used = map[string]time.Time{}, map[nostr.ID]bool{}
	b.page("/door", "door.html", func(v visit) (any, error) {
		b.venue.mu.Lock()
		defer b.venue.mu.Unlock()
		return append([]entry{}, b.venue.Entered...), nil
	})
	b.act("enter", act{kind: login.KindLogin, draft: b.draftEntry, take: b.takeEntry})
	b.mux.Handle("POST /door/pass", b.login.Require(http.HandlerFunc(b.givePass)))
	b.mux.HandleFunc("POST /door/show", b.takePass)
}

func (b *Board) draftEntry(visit) (*nostr.Template, error) {
	challenge, now := rand.Text(), b.o.Now()
	b.venue.mu.Lock()
	defer b.venue.mu.Unlock()
	for c, ends := range b.venue.asked {
		if now.After(ends) {
			delete(b.venue.asked, c)
		}
	}
	b.venue.asked[challenge] = now.Add(challengeLasts)
	return &nostr.Template{Tags: nostr.Tags{{"u", b.o.Origin + "/door"}, {"method", login.Method}, {"challenge", challenge}}}, nil
}

func (b *Board) takeEntry(v visit, e *nostr.Event) (reply, error) {
	_, challenge, err := login.Verify(e.AppendJSON(nil), b.o.Origin+"/door", login.Method, b.o.Now())
	if err != nil {
		return reply{}, wrong(err.Error())
	}
	who := b.people(v.Context(), v.who)[v.who]
	b.venue.mu.Lock()
	defer b.venue.mu.Unlock()
	ends, ok := b.venue.asked[challenge]
	delete(b.venue.asked, challenge)
	if !ok || b.o.Now().After(ends) {
		return reply{}, wrong("That took too long, or was used before. Knock again.")
	}
	b.venue.Entered = append(b.venue.Entered, entry{"by signing", who.Name, b.o.Now()})
	return reply{Said: "Welcome in, " + who.Name + ".", Next: "/door"}, nil
}

// givePass makes a pass: an event of the venue's key that names the guest.
func (b *Board) givePass(w http.ResponseWriter, r *http.Request) {
	v, now := b.visit(r), b.o.Now()
	name := b.people(r.Context(), v.who)[v.who].Name
	t := nostr.Template{Kind: kindPass, CreatedAt: now.Unix(), Content: name, Tags: nostr.Tags{{"p", v.who.String()}, {"pass", rand.Text()}}}
	e, err := t.Sign(b.o.Key, false)
	if err != nil {
		fail(w, err)
		return
	}
	tell(w, http.StatusOK, map[string]string{"said": "Keep this pass. It lets you in once, until tomorrow, without signer and internet.", "pass": base64.RawURLEncoding.EncodeToString(e.AppendJSON(nil))})
}

// takePass lets in, once.
func (b *Board) takePass(w http.ResponseWriter, r *http.Request) {
	text := strings.Join(strings.Fields(r.FormValue("pass")), "")
	raw, err := base64.RawURLEncoding.DecodeString(text)
	e, err2 := nostr.ParseEvent(raw)
	now := b.o.Now()
	b.venue.mu.Lock()
	defer b.venue.mu.Unlock()
	switch {
	case err != nil || err2 != nil || len(text) > maxPass || e.Kind != kindPass || e.PubKey != b.o.Key.PublicKey() || e.Tags.TagValue("pass") == "" || e.Verify() != nil:
		err = wrong("This is no pass of this place.")
	case now.Sub(time.Unix(e.CreatedAt, 0)).Abs() > passLasts:
		err = wrong("This pass has ended. Get a new one while you are online.")
	case b.venue.used[e.ID]:
		err = wrong("This pass was used before. It lets in once.")
	}
	if err != nil {
		fail(w, err)
		return
	}
	b.venue.used[e.ID] = true
	b.venue.Entered = append(b.venue.Entered, entry{"with a pass", e.Content, now})
	tell(w, http.StatusOK, reply{Said: "Welcome in, " + e.Content + ".", Next: "/door"})
}
