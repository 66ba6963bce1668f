package effect

import (
	"encoding/json"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

// rumor is a message before it is sealed (NIP-59), or its seal.
type rumor struct {
	Kind    *int    `json:"kind"`
	Content *string `json:"content"`
	Sig     string  `json:"sig"`
	PubKey  string  `json:"pubkey"`
}

func parseRumor(text string) (rumor, bool) {
	var r rumor
	err := json.Unmarshal([]byte(text), &r)
	return r, err == nil && r.Kind != nil && r.Content != nil
}

// inner is what a person wrote in a text that may be a message before it is sealed.
func inner(text string) string {
	if r, ok := parseRumor(text); ok && r.Sig == "" {
		return *r.Content
	}
	return text
}

func (w *weigher) seal(a Act, r *privyseal.Request) {
	w.is(a, privyseal.L2)
	w.e.Audience = OnePerson
	w.peer(r.Peer)
	_, message := parseRumor(r.Text)
	switch {
	case a != ActSeal:
	case r.Peer == w.f.Me && r.Peer != (nostr.PubKey{}):
		w.e.Act, w.e.Audience = ActSealOwn, You
	case message:
		w.e.Act = ActSealMessage
	case walletOrder(r.Text).pays():
		w.e.Act = ActSealPay
		w.e.Summary.Amount = walletOrder(r.Text).amount()
	}
	if Secret(r.Text) {
		w.guard(Reason{Code: ReasonSecret})
	}
	w.e.Summary.Quote = true
	if text := inner(r.Text); text != r.Text {
		w.e.Summary.Text = text
	}
}

func (w *weigher) open(a Act, r *privyseal.Request) {
	w.is(a, privyseal.L2)
	w.e.Audience = ThisApp
	w.peer(r.Peer)
	if w.f.Opened == nil {
		return
	}
	w.e.Act = classify(*w.f.Opened, a, r.Peer == w.f.Me)
	if w.e.Act == ActOpenMessage {
		w.sender(*w.f.Opened)
	}
	if Secret(*w.f.Opened) || w.f.Inner != nil && Secret(*w.f.Inner) {
		w.block(ReasonSecret)
	}
}

// sender names who wrote an opened message: the one whose signature its seal
// bears, or the one it was sealed by; a message that names another is forged.
func (w *weigher) sender(text string) {
	r, _ := parseRumor(text)
	if r.Sig == "" {
		switch {
		case r.PubKey != "" && r.PubKey != w.e.Person.String():
			w.raise(Reason{Code: ReasonForged})
		case w.e.Person == w.f.Me:
			w.sentTo(text)
		}
		return
	}
	ev, err := nostr.ParseEvent([]byte(text))
	if err != nil || ev.Verify() != nil {
		w.raise(Reason{Code: ReasonForged})
		w.anonymous = true
		return
	}
	w.e.Who = w.who(ev.PubKey)
	if w.f.Inner != nil {
		w.sealedBy(ev.PubKey, *w.f.Inner)
	}
}

// sealedBy holds the message in a seal against who sealed it. One's own message
// is named after the one it went to.
func (w *weigher) sealedBy(pk nostr.PubKey, text string) {
	if r, _ := parseRumor(text); r.PubKey != pk.String() {
		w.raise(Reason{Code: ReasonForged})
		w.e.Who, w.anonymous = Who{}, true
		return
	}
	w.e.Person = pk
	if pk == w.f.Me {
		w.sentTo(text)
	}
	w.e.Who = w.who(w.e.Person)
}

// sentTo names the one receiver of a message.
func (w *weigher) sentTo(text string) {
	var m struct {
		Tags nostr.Tags `json:"tags"`
	}
	if json.Unmarshal([]byte(text), &m) != nil {
		return
	}
	to, _ := one(m.Tags, "p")
	if pk, err := nostr.ParsePubKey(to); err == nil {
		w.e.Person = pk
	}
}

func (w *weigher) peer(pk nostr.PubKey) {
	w.e.Person = pk
	switch {
	case pk == nostr.PubKey{}:
		w.block(ReasonInvalid)
	case w.own(pk):
		w.block(ReasonOwn)
	}
}

// classify says what a text is that was opened in order to ask: one's own list
// (NIP-51: an array of tags), a message or its seal (NIP-17: an event), what a
// wallet keeps or says (NIP-47, NIP-60), an app's data, a note to oneself, or a
// chat.
func classify(text string, as Act, self bool) Act {
	var list [][]string
	if json.Unmarshal([]byte(text), &list) == nil {
		for _, t := range list {
			if len(t) > 0 && (t[0] == "privkey" || t[0] == "mint") {
				return ActOpenWallet
			}
		}
		return ActOpenList
	}
	if _, ok := parseRumor(text); ok {
		return ActOpenMessage
	}
	var fields map[string]json.RawMessage
	switch {
	case json.Unmarshal([]byte(text), &fields) == nil:
		if fields["result_type"] != nil || fields["proofs"] != nil || fields["mint"] != nil {
			return ActOpenWallet
		}
		return ActOpenData
	case as == ActOpenOld:
		return ActOpenOld
	case self:
		return ActOpenOwn
	}
	return ActOpenChat
}

// message shows a sealed content that the signer sealed itself lately.
func (w *weigher) message() bool {
	text, peer, ok := w.unsealed(w.t.Content)
	if !ok {
		return false
	}
	w.e.Person = peer
	w.e.Summary.Text, w.e.Summary.Quote = inner(text), true
	if Secret(text) {
		w.guard(Reason{Code: ReasonSecret})
	}
	return true
}

// oldMessage is NIP-04: others see to whom one writes.
func (w *weigher) oldMessage() {
	if !w.message() {
		w.tell(Reason{Code: ReasonUnseen})
	}
	w.about()
	w.tell(Reason{Code: ReasonLeak})
	if !w.known(w.e.Person) {
		w.raise(Reason{Code: ReasonStranger})
	}
}

// sealed is NIP-59's seal: its tags must be empty.
func (w *weigher) sealed() {
	if !w.message() {
		w.lift(Reason{Code: ReasonUnseen})
	}
	if len(w.t.Tags) > 0 {
		w.raise(Reason{Code: ReasonTagsSeal})
	}
}

// bare is a message that is meant to stay without a name under it.
func (w *weigher) bare() {
	w.about()
	w.e.Summary.Quote = true
}

// ownData is sealed for oneself; what is inside is known if the signer sealed it.
func (w *weigher) ownData() {
	text, _, ok := w.unsealed(w.t.Content)
	if !ok {
		w.tell(Reason{Code: ReasonUnseen})
		return
	}
	w.e.Summary.Amount = held(text)
}
