package client

import (
	"context"
	"errors"
	"testing"

	"github.com/privyseal/privyseal/nostr"
)

var note = nostr.Template{Kind: 1, Content: "hello", Tags: nostr.Tags{{"t", "greeting"}}, CreatedAt: 1_800_000_000}

func TestEveryMethod(t *testing.T) {
	inWorld(t, 2, func(t *testing.T, w *world) {
		ctx := context.Background()
		s := w.connect(Options{Name: "Notes"})
		user, err := s.PublicKey(ctx)
		if err != nil || user != pub(w.fake.User) {
			t.Fatal(user, err)
		}
		e, err := s.SignEvent(ctx, note)
		if err != nil || e.PubKey != user || e.Content != note.Content {
			t.Fatal(e, err)
		}
		_, friend := newKey()
		for name, f := range map[string]func(context.Context, nostr.PubKey, string) (string, error){
			"nip44_encrypt": s.Nip44Encrypt, "nip44_decrypt": s.Nip44Decrypt,
			"nip04_encrypt": s.Nip04Encrypt, "nip04_decrypt": s.Nip04Decrypt,
		} {
			if got, err := f(ctx, pub(friend), "x"); err != nil || got != name+"(x)" {
				t.Error(name, got, err)
			}
		}
		if err := s.Ping(ctx); err != nil {
			t.Error(err)
		}
		if _, err := s.Call(ctx, "get_relays"); !errors.Is(err, ErrUnsupported) {
			t.Error(err)
		}
		if changed, err := s.SwitchRelays(ctx); changed || err != nil {
			t.Error(changed, err)
		}
		if err := s.Logout(ctx); err != nil {
			t.Error(err)
		}
		if err := s.Ping(ctx); !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
		if _, err := s.Export(); !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	})
}
