package keeper

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/audit"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nostr"
)

// Verify checks a store's chain against its kept head and signed checkpoints;
// it needs no key and no running signer. The lines are checkpoints that a sink
// has, which whoever has the disk cannot cut (T60).
func Verify(ctx context.Context, s interface {
	View(context.Context, func(store.Reader) error) error
}, lines ...[]byte) (control.Verification, error) {
	var out control.Verification
	err := s.View(ctx, func(r store.Reader) error {
		head, err := r.Head()
		if err != nil {
			return err
		}
		marks, err := r.Checkpoints()
		if err != nil {
			return err
		}
		out.Checkpoints = len(marks)
		signer, err := announcer(r)
		if err != nil {
			return err
		}
		heads := make([]audit.Head, 0, len(marks)+len(lines))
		for _, m := range marks {
			h, err := trusted(m, signer)
			if err != nil {
				out.Problems = append(out.Problems, control.Problem{Seq: m.Seq, Kind: "checkpoint", Text: err.Error()})
				continue
			}
			heads = append(heads, h)
		}
		outside, err := confirmedHeads(r, lines, signer, &out)
		if err != nil {
			return err
		}
		heads = append(heads, outside...)
		v := audit.NewVerifier(audit.Head{}, heads)
		if err := r.EachRecord(1, func(rec privyseal.Record) error { v.Add(rec); return nil }); err != nil {
			return err
		}
		findings, more := v.Finish(head)
		for _, f := range findings {
			out.Problems = append(out.Problems, control.Problem{Seq: f.Seq, Kind: f.Fault.String(), Text: f.Text})
		}
		if more > 0 {
			out.Problems = append(out.Problems, control.Problem{Kind: "more", Text: fmt.Sprintf("And %d more problems.", more)})
		}
		out.Records, out.Head = head.Seq, hex.EncodeToString(head.Hash[:])
		return nil
	})
	out.OK = err == nil && len(out.Problems) == 0
	return out, err
}

// announcer is the public key that signs checkpoints.
func announcer(r store.Reader) (nostr.PubKey, error) {
	hexKey, err := r.Setting(settingAnnouncePub)
	if errors.Is(err, store.ErrNotFound) {
		return nostr.PubKey{}, nil // no vault yet
	}
	if err != nil {
		return nostr.PubKey{}, err
	}
	return nostr.ParsePubKey(hexKey)
}

// trusted is a checkpoint's head, once its signature is checked.
func trusted(m store.Checkpoint, signer nostr.PubKey) (audit.Head, error) {
	ev, err := nostr.ParseEvent(m.Event)
	if err != nil {
		return audit.Head{}, fmt.Errorf("the checkpoint at record %d cannot be read", m.Seq)
	}
	h, _, _, err := audit.VerifyCheckpoint(ev, signer)
	if err != nil {
		return audit.Head{}, fmt.Errorf("the checkpoint at record %d is not signed by this signer", m.Seq)
	}
	return h, nil
}

// WriteBackup writes a copy of a store, sealed under a passphrase. The copy that
// is sealed lies in dir for that time, which should be as private as the store.
func WriteBackup(ctx context.Context, s store.Store, dir string, passphrase []byte, w io.Writer) error {
	dir, err := os.MkdirTemp(dir, ".backup-*") // 0700
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "copy.db")
	if err := s.Backup(ctx, path); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return vault.SealBackup(passphrase, f, w)
}
