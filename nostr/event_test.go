package nostr

import (
	"errors"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/nostr/schnorr"
)

// sample is an event another implementation signed.
const sample = `{"id":"dc90c95f09947507c1044e8f48bcf6350aa6bff1507dd4acfc755b9239b5c962","pubkey":"3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d","created_at":1644271588,"kind":1,"tags":[],"content":"now that https://blueskyweb.org/blog/2-7-2022-overview was announced we can stop working on nostr?","sig":"230e9d8f0ddaf7eb70b5f7741ccfa37e87a455c9a469282e3464e2052d3192cd63a167e196e381ef9d7e69e9ea43af2443b839974dc85d8aaab9efe1d9296524"}`

func TestVerify(t *testing.T) {
	e, err := ParseEvent([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Verify(); err != nil {
		t.Fatal(err)
	}
	if got := string(e.AppendJSON(nil)); got != sample {
		t.Errorf("appended as %s", got)
	}
	bad := *e
	bad.Content += "!"
	if err := bad.Verify(); !errors.Is(err, ErrBadID) {
		t.Errorf("changed content: %v", err)
	}
	bad = *e
	bad.Sig[0] ^= 1
	if err := bad.Verify(); !errors.Is(err, ErrBadSignature) {
		t.Errorf("changed signature: %v", err)
	}
}

func testKeypair(t testing.TB) Keypair {
	t.Helper()
	sk := [32]byte{31: 7}
	kp, err := schnorr.Default.NewKeypair(&sk)
	if err != nil {
		t.Fatal(err)
	}
	return kp
}

func TestSign(t *testing.T) {
	kp := testKeypair(t)
	tpl := &Template{CreatedAt: 1700000000, Kind: 30023, Tags: Tags{{"d", "a\u2028b"}, {"p", "x", ""}}, Content: "line\nline \x01\u2029"}
	for _, checked := range []bool{false, true} {
		e, err := tpl.Sign(kp, checked)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Verify(); err != nil {
			t.Fatal(err)
		}
		parsed, err := ParseEvent(e.AppendJSON(nil))
		if err != nil {
			t.Fatal(err)
		}
		if err := parsed.Verify(); err != nil || parsed.Content != tpl.Content || parsed.Tags[0][1] != "a\u2028b" {
			t.Fatalf("%v %+v", err, parsed)
		}
	}
}

func TestSignRefuses(t *testing.T) {
	kp := testKeypair(t)
	for name, c := range map[string]struct {
		tpl  Template
		want error
	}{
		"another author":    {Template{PubKey: &PubKey{1}}, ErrOtherAuthor},
		"before 1970":       {Template{CreatedAt: -1}, errCreatedAt},
		"far future":        {Template{CreatedAt: MaxTimestamp + 1}, errCreatedAt},
		"bad content":       {Template{Content: "\xff"}, errUTF8},
		"bad tag":           {Template{Tags: Tags{{"a", "\xc0\x80"}}}, errUTF8},
		"empty tag":         {Template{Tags: Tags{{}}}, errEmptyTag},
		"too many tags":     {Template{Tags: make(Tags, MaxTags+1)}, errManyTags},
		"too many elements": {Template{Tags: Tags{make(Tag, MaxTagStrings+1)}}, errManyTags},
		"too large":         {Template{Content: strings.Repeat("x", MaxEventSize+1)}, ErrTooLarge},
		"too large as JSON": {Template{Content: strings.Repeat("\x01", MaxEventSize/6)}, ErrTooLarge},
	} {
		if e, err := c.tpl.Sign(kp, true); !errors.Is(err, c.want) || e != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSignWithoutKey(t *testing.T) {
	kp := testKeypair(t)
	kp.Wipe()
	for _, checked := range []bool{false, true} {
		if e, err := (&Template{}).Sign(kp, checked); err == nil || e != nil {
			t.Errorf("a wiped key signed: %v", err)
		}
	}
}

// The largest events that are signed can be parsed back.
func TestSignBounds(t *testing.T) {
	kp := testKeypair(t)
	full := make(Tags, MaxTags)
	for i := range full {
		full[i] = make(Tag, MaxTagStrings/MaxTags)
	}
	for name, tpl := range map[string]*Template{
		"content":             {Content: strings.Repeat("x", MaxEventSize-400)},
		"escaped, unmeasured": {Content: strings.Repeat("\x01", MaxEventSize/8), CreatedAt: MaxTimestamp, Kind: 65535, Tags: full},
	} {
		e, err := tpl.Sign(kp, false)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := ParseEvent(e.AppendJSON(nil)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
