package nostr

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const (
	vecProfileHex = "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d"
	vecNprofile   = "nprofile1qqsrhuxx8l9ex335q7he0f09aej04zpazpl0ne2cgukyawd24mayt8gpp4mhxue69uhhytnc9e3k7mgpz4mhxue69uhkg6nzv9ejuumpv34kytnrdaksjlyr9p"
)

func TestNprofile(t *testing.T) {
	want := Profile{hexPubKey(vecProfileHex), []string{"wss://r.x.com", "wss://djbas.sadkb.com"}}
	got, err := ParseNprofile(vecNprofile)
	if err != nil || !reflect.DeepEqual(got, want) || got.Nprofile() != vecNprofile {
		t.Errorf("%v %+v %s", err, got, got.Nprofile())
	}
	if got := (Profile{PubKey: want.PubKey, Relays: []string{strings.Repeat("x", 256), "wss://a"}}).Nprofile(); got == "" {
		t.Error("empty")
	} else if p, err := ParseNprofile(got); err != nil || !reflect.DeepEqual(p.Relays, []string{"wss://a"}) {
		t.Errorf("%v %+v", err, p)
	}
}

func TestNpubVector(t *testing.T) {
	if got := hexPubKey(vecProfileHex).Npub(); got != "npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6" {
		t.Error(got)
	}
}

// tlv builds the bytes of type, length and value.
func tlv(typ byte, v ...byte) string { return tlvText(typ, string(v)) }

func tlvText(typ byte, v string) string { return string([]byte{typ, byte(len(v))}) + v }

func TestParseNIP19(t *testing.T) {
	key := hexPubKey(vecProfileHex)
	special, author, kind := tlv(0, key[:]...), tlv(2, key[:]...), tlv(3, 0, 0, 0x75, 0x37)
	relay, unknown := tlvText(1, "wss://a"), tlv(9, 1, 2, 3)

	event, err := ParseNevent(EncodeBech32("nevent", []byte(unknown+relay+special)))
	if err != nil || !reflect.DeepEqual(event, EventPointer{ID: ID(key), Relays: []string{"wss://a"}}) {
		t.Errorf("nevent: %v %+v", err, event)
	}
	event, err = ParseNevent(EncodeBech32("nevent", []byte(special+author+kind)))
	if err != nil || !reflect.DeepEqual(event, EventPointer{ID: ID(key), Author: &key, Kind: new(Kind(30007))}) {
		t.Errorf("nevent: %v %+v", err, event)
	}
	addr, err := ParseNaddr(EncodeBech32("naddr", []byte(tlvText(0, "é")+relay+author+kind+unknown)))
	if err != nil || !reflect.DeepEqual(addr, Address{Identifier: "é", PubKey: key, Kind: 30007, Relays: []string{"wss://a"}}) {
		t.Errorf("naddr: %v %+v", err, addr)
	}
	addr, err = ParseNaddr(EncodeBech32("naddr", []byte(tlv(0)+author+tlv(3, 0, 0, 0, 0))))
	if err != nil || !reflect.DeepEqual(addr, Address{PubKey: key}) {
		t.Errorf("naddr: %v %+v", err, addr)
	}
}

func TestParseNIP19Refuses(t *testing.T) {
	key := hexPubKey(vecProfileHex)
	special, author, kind := tlv(0, key[:]...), tlv(2, key[:]...), tlv(3, 0, 0, 0x75, 0x37)
	parsers := map[string]func(string) error{
		"nprofile": func(s string) error { _, err := ParseNprofile(s); return err },
		"nevent":   func(s string) error { _, err := ParseNevent(s); return err },
		"naddr":    func(s string) error { _, err := ParseNaddr(s); return err },
	}
	for prefix, parse := range parsers {
		if err := parse(EncodeBech32(prefix, []byte(special+author+kind))); (err == nil) == (prefix == "naddr") {
			t.Errorf("%s: %v", prefix, err) // an naddr's identifier is text, which these 32 bytes are not
		}
		for name, body := range map[string]string{
			"nothing":       "",
			"no special":    author + kind,
			"two specials":  special + special + author + kind,
			"two authors":   special + author + author + kind,
			"two kinds":     special + author + kind + kind,
			"short author":  special + tlv(2, 1, 2) + kind,
			"short kind":    special + author + tlv(3, 1),
			"large kind":    special + author + tlv(3, 0, 1, 0, 0),
			"cut value":     special + author + kind + "\x01\x05ab",
			"cut length":    special + author + kind + "\x01",
			"relay no text": special + author + kind + tlv(1, 0xff),
		} {
			if err := parse(EncodeBech32(prefix, []byte(body))); err == nil {
				t.Errorf("%s: %s accepted", prefix, name)
			}
		}
		if err := parse(vecNpub); err == nil {
			t.Errorf("%s: npub accepted", prefix)
		}
	}
	for name, c := range map[string]struct {
		parse  func(string) error
		prefix string
		body   string
	}{
		"nprofile of 31 bytes":  {parsers["nprofile"], "nprofile", tlv(0, key[:31]...)},
		"nevent of 33 bytes":    {parsers["nevent"], "nevent", tlv(0, append(key[:], 0)...)},
		"naddr without author":  {parsers["naddr"], "naddr", tlv(0) + kind},
		"naddr without kind":    {parsers["naddr"], "naddr", tlv(0) + author},
		"naddr of invalid text": {parsers["naddr"], "naddr", tlv(0, 0xff) + author + kind},
	} {
		if err := c.parse(EncodeBech32(c.prefix, []byte(c.body))); err == nil {
			t.Errorf("%s accepted", name)
		}
	}
}

func TestNote(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := genBytes[ID]().Draw(t, "id")
		if got, err := ParseNote(id.Note()); err != nil || got != id {
			t.Fatalf("%v %v", got, err)
		}
	})
	for _, bad := range []string{"", vecNpub, EncodeBech32("note", make([]byte, 33))} {
		if _, err := ParseNote(bad); err == nil {
			t.Errorf("%q accepted", bad)
		}
	}
}
