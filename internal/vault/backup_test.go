package vault

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal"
)

func sealedBackup(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := sealBackup(passphrase, bytes.NewReader(content), &b, 1); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBackupRoundTrip(t *testing.T) {
	for _, size := range []int{0, 1, 64 << 10, 1<<20 + 7} {
		content := bytes.Repeat([]byte{0xa5}, size)
		sealed := sealedBackup(t, content)
		if size > 16 && bytes.Contains(sealed, content[:16]) {
			t.Fatal("not encrypted")
		}
		var got bytes.Buffer
		if err := OpenBackup(passphrase, bytes.NewReader(sealed), &got); err != nil || !bytes.Equal(got.Bytes(), content) {
			t.Fatalf("%d bytes: %v", size, err)
		}
	}
}

func TestBackupTamper(t *testing.T) {
	sealed := sealedBackup(t, bytes.Repeat([]byte("fact"), 40_000))
	rapid.Check(t, func(t *rapid.T) {
		bad := bytes.Clone(sealed)
		bad[rapid.IntRange(0, len(bad)-1).Draw(t, "at")] ^= rapid.ByteRange(1, 255).Draw(t, "bits")
		if err := OpenBackup(passphrase, bytes.NewReader(bad), io.Discard); err == nil {
			t.Fatal("a changed backup opened")
		}
		cut := rapid.IntRange(0, len(sealed)-1).Draw(t, "cut")
		if err := OpenBackup(passphrase, bytes.NewReader(sealed[:cut]), io.Discard); err == nil {
			t.Fatal("a cut backup opened")
		}
	})
}

func TestBackupErrors(t *testing.T) {
	sealed := sealedBackup(t, []byte("x"))
	for _, wrong := range [][]byte{nil, []byte("wrong passphrase"), make([]byte, maxPassphrase+1)} {
		wantKind(t, OpenBackup(wrong, bytes.NewReader(sealed), io.Discard), privyseal.KindDenied)
	}
	wantKind(t, OpenBackup(passphrase, bytes.NewReader([]byte("no backup")), io.Discard), privyseal.KindInvalid)
	wantKind(t, SealBackup([]byte("weak"), bytes.NewReader(nil), io.Discard), privyseal.KindInvalid)
	full := errors.New("disk full")
	if err := sealBackup(passphrase, bytes.NewReader([]byte("x")), failing{full}, 1); !errors.Is(err, full) {
		t.Error(err)
	}
	if err := OpenBackup(passphrase, bytes.NewReader(sealed), failing{full}); !errors.Is(err, full) {
		t.Error(err)
	}
	if err := OpenBackup(passphrase, failing{full}, io.Discard); !errors.Is(err, full) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
func (f failing) Read([]byte) (int, error)  { return 0, f.err }
