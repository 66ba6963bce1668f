package vault

import (
	"errors"
	"io"

	"filippo.io/age"

	"github.com/privyseal/privyseal"
)

// The work of a backup's scrypt: 2^18 in 256 MiB; at most 2^20 in 1 GiB.
const (
	backupLogN    = 18
	maxBackupLogN = 20
)

// SealBackup encrypts a backup under a passphrase, as an age file
// (age-encryption.org/v1), without holding it in memory. The age tool opens it
// too. It needs no vault.
func SealBackup(pass []byte, r io.Reader, w io.Writer) error {
	return sealBackup(pass, r, w, backupLogN)
}

func sealBackup(pass []byte, r io.Reader, w io.Writer, logN int) error {
	if err := CheckStrength(pass); err != nil {
		return err
	}
	text := normalise(pass)
	defer clear(text)
	recipient, err := age.NewScryptRecipient(string(text))
	if err != nil {
		return internal(err)
	}
	recipient.SetWorkFactor(logN)
	sealer, err := age.Encrypt(w, recipient)
	releaseMemory()
	if err != nil {
		return backupFailed(err)
	}
	if _, err := io.Copy(sealer, r); err != nil {
		return backupFailed(err)
	}
	if err := sealer.Close(); err != nil {
		return backupFailed(err)
	}
	return nil
}

// OpenBackup decrypts what [SealBackup] sealed. Every piece is authenticated
// before it is written, but a cut end shows last: after any error what was
// written must be thrown away.
func OpenBackup(pass []byte, r io.Reader, w io.Writer) error {
	if len(pass) == 0 || len(pass) > maxPassphrase {
		return wrongBackupPassphrase(nil)
	}
	text := normalise(pass)
	defer clear(text)
	identity, err := age.NewScryptIdentity(string(text))
	if err != nil {
		return internal(err)
	}
	identity.SetMaxWorkFactor(maxBackupLogN)
	source := &remembering{r: r}
	plain, err := age.Decrypt(source, identity)
	releaseMemory()
	switch {
	case errors.Is(err, age.ErrIncorrectIdentity):
		return wrongBackupPassphrase(err)
	case err != nil:
		// Not age's own error: it quotes the file, which may be anything.
		return fail(privyseal.KindInvalid, "this is not a backup, or it is damaged", "give a file that privyseal backup wrote", source.err)
	}
	if _, err := io.Copy(w, plain); err != nil {
		return fail(privyseal.KindInvalid, "the backup could not be read to its end: it is damaged or cut off, or the disk is full", "make room, or try another backup", err)
	}
	return nil
}

// remembering keeps the error of reading a file apart from what is made of it.
type remembering struct {
	r   io.Reader
	err error
}

// Read reads on.
func (r *remembering) Read(b []byte) (int, error) {
	n, err := r.r.Read(b)
	if err != nil && err != io.EOF { //nolint:errorlint // io.EOF is never wrapped
		r.err = err
	}
	return n, err
}

func backupFailed(err error) error {
	return fail(privyseal.KindInternal, "the backup could not be written", "is the disk full?", err)
}

func wrongBackupPassphrase(err error) error {
	return fail(privyseal.KindDenied, "wrong passphrase for this backup", "it is the one the backup was made with", err)
}
