package vault

import (
	"errors"

	"github.com/privyseal/privyseal"
)

// Errors that callers branch on. They come wrapped in a [privyseal.Error].
var (
	// ErrLocked answers what needs the vault key or a user key while locked.
	ErrLocked = errors.New("vault: locked")
	// ErrNoVault answers an unlock without any seal.
	ErrNoVault = errors.New("vault: no vault")
	// ErrExists answers the creation of a second vault key.
	ErrExists = errors.New("vault: has a key already")
	// ErrDamaged answers sealed bytes that were changed, or that belong to
	// another purpose, id, version or vault.
	ErrDamaged = errors.New("vault: sealed data does not open")
	// ErrForgotten answers the use of a key that was removed from memory.
	ErrForgotten = errors.New("vault: key was forgotten")
)

func fail(kind privyseal.ErrorKind, msg, hint string, err error) error {
	return &privyseal.Error{Kind: kind, Msg: msg, Hint: hint, Err: err}
}

func locked() error {
	return fail(privyseal.KindLocked, "the vault is locked", "unlock with: privyseal unlock", ErrLocked)
}

func damaged() error {
	return fail(privyseal.KindInvalid, "stored data does not open: it was changed, or it belongs to another vault",
		"restore a backup with: privyseal restore FILE", ErrDamaged)
}

func forgotten() error {
	return fail(privyseal.KindNotFound, "this key is no longer here", "", ErrForgotten)
}

func exists() error {
	return fail(privyseal.KindConflict, "this vault has a key already", "unlock with: privyseal unlock", ErrExists)
}

func invalid(msg, hint string) error { return fail(privyseal.KindInvalid, msg, hint, nil) }
func denied(msg, hint string) error  { return fail(privyseal.KindDenied, msg, hint, nil) }
func internal(err error) error {
	return fail(privyseal.KindInternal, "internal error in the vault", "", err)
}
