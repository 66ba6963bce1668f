package audit

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// CheckpointKind is the kind of a checkpoint event. It is never published.
const CheckpointKind nostr.Kind = 1905

// CheckpointTemplate is the event that, signed by the signer's announcement
// key, states that the chain's head was this one at this time (in whole
// seconds). The epoch counts restores: a restored chain may start lower again,
// but only in a new epoch.
func CheckpointTemplate(head Head, epoch uint64, at time.Time) nostr.Template {
	return nostr.Template{
		CreatedAt: at.Unix(),
		Kind:      CheckpointKind,
		Tags: nostr.Tags{
			{"seq", strconv.FormatUint(head.Seq, 10)},
			{"hash", hex.EncodeToString(head.Hash[:])},
			{"epoch", strconv.FormatUint(epoch, 10)},
		},
	}
}

// ParseCheckpoint reads a checkpoint exactly as [CheckpointTemplate] makes it.
// It does not check the signature.
func ParseCheckpoint(e *nostr.Event) (head Head, epoch uint64, at time.Time, err error) {
	if e == nil || e.Kind != CheckpointKind || e.Content != "" || len(e.Tags) != 3 {
		return Head{}, 0, time.Time{}, errors.New("audit: not a checkpoint")
	}
	var values [3]string
	for i, name := range []string{"seq", "hash", "epoch"} {
		if t := e.Tags[i]; len(t) != 2 || t[0] != name {
			return Head{}, 0, time.Time{}, fmt.Errorf("audit: checkpoint without %s in its place", name)
		}
		values[i] = e.Tags[i][1]
	}
	hash, err := hex.DecodeString(values[1])
	if err != nil || len(hash) != 32 || hex.EncodeToString(hash) != values[1] {
		return Head{}, 0, time.Time{}, errors.New("audit: checkpoint with a malformed hash")
	}
	seq, err1 := decimal(values[0])
	epoch, err2 := decimal(values[2])
	if err := errors.Join(err1, err2); err != nil {
		return Head{}, 0, time.Time{}, err
	}
	return Head{seq, [32]byte(hash)}, epoch, time.Unix(e.CreatedAt, 0).UTC(), nil
}

// VerifyCheckpoint is [ParseCheckpoint] for an event that must be signed by
// signer.
func VerifyCheckpoint(e *nostr.Event, signer nostr.PubKey) (head Head, epoch uint64, at time.Time, err error) {
	if head, epoch, at, err = ParseCheckpoint(e); err != nil {
		return Head{}, 0, time.Time{}, err
	}
	if e.PubKey != signer {
		return Head{}, 0, time.Time{}, errors.New("audit: checkpoint of another key")
	}
	if err := e.Verify(); err != nil {
		return Head{}, 0, time.Time{}, fmt.Errorf("audit: checkpoint: %w", err)
	}
	return head, epoch, at, nil
}

// decimal reads an unsigned number in its one canonical form.
func decimal(s string) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || strconv.FormatUint(n, 10) != s {
		return 0, errors.New("audit: checkpoint with a malformed number")
	}
	return n, nil
}
