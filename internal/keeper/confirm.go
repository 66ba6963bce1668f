package keeper

import (
	"bytes"
	"fmt"

	"github.com/privyseal/privyseal/internal/audit"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// confirmedHeads reads a sink's lines: the heads that the chain must hold. Of
// an epoch that a restore or an accepted older copy ended, the end was left
// behind at a person's word. That a later epoch began counts only by a signed
// line or checkpoint, which whoever has the disk cannot make.
func confirmedHeads(r store.Reader, lines [][]byte, signer nostr.PubKey, out *control.Verification) ([]audit.Head, error) {
	type line struct {
		audit.Head
		epoch uint64
	}
	var all []line
	var last uint64
	marks, err := r.Checkpoints()
	if err != nil {
		return nil, err
	}
	for _, m := range marks {
		if ev, err := nostr.ParseEvent(m.Event); err == nil {
			if _, epoch, _, err := audit.VerifyCheckpoint(ev, signer); err == nil {
				last = max(last, epoch)
			}
		}
	}
	for i, raw := range lines {
		if raw = bytes.TrimSpace(raw); len(raw) == 0 {
			continue
		}
		ev, err := nostr.ParseEvent(raw)
		if err == nil {
			var l line
			if l.Head, l.epoch, _, err = audit.VerifyCheckpoint(ev, signer); err == nil {
				all, last = append(all, l), max(last, l.epoch)
				continue
			}
		}
		out.Problems = append(out.Problems, control.Problem{Kind: "sink", Text: fmt.Sprintf("Line %d of the sink is no checkpoint of this signer.", i+1)})
	}
	out.Confirmed = len(all)
	var heads []audit.Head
	for _, l := range all {
		if l.epoch < last {
			hash, err := hashAt(r, l.Seq)
			if err != nil {
				return nil, err
			}
			if hash != l.Hash {
				out.LeftBehind++
				continue
			}
		}
		heads = append(heads, l.Head)
	}
	return heads, nil
}
