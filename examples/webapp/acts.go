package webapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/privyseal/privyseal/examples/webapp/relays"
	"github.com/privyseal/privyseal/login"
	"github.com/privyseal/privyseal/nostr"
)

// act is something a person does that their signer signs. The page posts the
// form to /draft/NAME and gets what is to be signed; what was signed it posts to
// /sent/NAME.
type act struct {
	kind  nostr.Kind
	draft func(v visit) (*nostr.Template, error)
	// take does what is to be done with the signed event; nil publishes it.
	take func(v visit, e *nostr.Event) (reply, error)
	// done is what take = nil says.
	done reply
}

// reply is what the page does afterwards.
type reply struct {
	Said string `json:"said"`
	Next string `json:"next,omitempty"` // a page to go to; "" stays
}

// wrong is an error that the person can do something about.
type wrong string

func (w wrong) Error() string { return string(w) }

// drift is how far a signer's clock may be from ours.
const drift = 10 * time.Minute

// act adds an act.
func (s *site) act(name string, a act) {
	if !slices.Contains(s.kinds, a.kind) {
		s.kinds = append(s.kinds, a.kind)
	}
	s.mux.Handle("POST /draft/"+name, s.login.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, _ := login.PubKey(r)
		t, err := a.draft(visit{r, who, true})
		if err == nil {
			t.Kind = a.kind
			err = s.date(r.Context(), who, t)
		}
		if err != nil {
			fail(w, err)
			return
		}
		if t.Tags == nil {
			t.Tags = nostr.Tags{}
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(t.AppendJSON(nil))
	})))
	s.mux.Handle("POST /sent/"+name, s.login.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, _ := login.PubKey(r)
		e, err := s.signed(r, who, a.kind)
		said := a.done
		switch {
		case err != nil:
		case a.take != nil:
			said, err = a.take(visit{r, who, true}, e)
		default:
			err = relays.Publish(r.Context(), s.o.Relay, e)
		}
		if err != nil {
			fail(w, err)
			return
		}
		tell(w, http.StatusOK, said)
	})))
}

// date gives a draft the time of now, or a second later than what it replaces:
// of two in one second nobody can tell which counts.
func (s *site) date(ctx context.Context, who nostr.PubKey, t *nostr.Template) error {
	t.CreatedAt = max(t.CreatedAt, s.o.Now().Unix())
	if !t.Kind.IsReplaceable() && !t.Kind.IsAddressable() {
		return nil
	}
	old, err := s.newest(ctx, who, t.Kind, t.Tags.TagValue("d"))
	if old != nil {
		t.CreatedAt = max(t.CreatedAt, old.CreatedAt+1)
	}
	return err
}

// perms is what the app will ask a signer for: a suggestion to the person.
func (s *site) perms() string {
	var list []string
	for _, k := range s.kinds {
		list = append(list, fmt.Sprintf("sign_event:%d", k))
	}
	return strings.Join(append(list, "nip44_encrypt", "nip44_decrypt"), ",")
}

// signed reads an event, and takes it only from who is signed in, of the kind
// that was drafted, signed now.
func (s *site) signed(r *http.Request, who nostr.PubKey, kind nostr.Kind) (*nostr.Event, error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, wrong("That is too long. Make it shorter, then try again.")
	}
	e, err := nostr.ParseEvent(raw)
	switch {
	case err != nil || e.Verify() != nil:
		return nil, wrong("What the signer sent back is damaged. Try again.")
	case e.PubKey != who:
		return nil, wrong("Your signer used another account than the one you are signed in with. Switch it there, or sign in again.")
	case e.Kind != kind:
		return nil, wrong("Your signer sent back something else than was asked. Try again.")
	}
	if off := s.o.Now().Sub(time.Unix(e.CreatedAt, 0)); off.Abs() > drift {
		return nil, wrong("The clocks of your signer and of this site differ by more than ten minutes. Set yours right, then try again.")
	}
	return e, nil
}

// fail says what went wrong, and what is not the person's business hides.
func fail(w http.ResponseWriter, err error) {
	if said, ok := errors.AsType[wrong](err); ok {
		sayError(w, http.StatusBadRequest, string(said))
		return
	}
	if errors.Is(err, relays.ErrAway) {
		sayError(w, http.StatusBadGateway, "The place where posts are kept does not answer. Nothing is lost: try again in a moment.")
		return
	}
	sayError(w, http.StatusInternalServerError, "That did not work. Try again in a moment.")
}

func sayError(w http.ResponseWriter, status int, said string) {
	tell(w, status, map[string]string{"message": said})
}

func tell(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
