package keeper

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/nip46"
)

// Texts around the size of a block hash as they do in one piece.
func TestTextsHashWhole(t *testing.T) {
	for _, n := range []int{0, 1, hashBlock - 9, hashBlock - 8, hashBlock - 7, hashBlock - 1, hashBlock, hashBlock + 1, 3*hashBlock + 5} {
		text := strings.Repeat("abcdefghijk", n/11+1)[:n]
		if sumOf(text) != sha256.Sum256([]byte(text)) {
			t.Errorf("%d bytes: another sum", n)
		}
		var whole []byte
		for _, s := range []string{"nip44_encrypt", text, "", text} {
			whole = append(binary.BigEndian.AppendUint64(whole, uint64(len(s))), s...)
		}
		if opHash(&nip46.Request{Method: nip46.Nip44Encrypt, Params: []string{text, "", text}}) != sha256.Sum256(whole) {
			t.Errorf("%d bytes: another name", n)
		}
	}
}
