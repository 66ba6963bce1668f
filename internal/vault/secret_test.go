package vault

import (
	"bytes"
	"testing"
)

func TestSecretWipes(t *testing.T) {
	b := []byte("secret")
	Secret(b).Wipe()
	if !bytes.Equal(b, make([]byte, 6)) {
		t.Error("not wiped")
	}
	if s := Secret("x"); s.String() != redaction || s.GoString() != redaction || s.LogValue().String() != redaction {
		t.Error("printed itself")
	}
}
