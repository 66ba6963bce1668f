package nip46

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/nostr"
)

func TestParseConnectParams(t *testing.T) {
	const (
		secret = "sec-1b4e28ba-2fa1-11d2-883f-0016d3cca427"
		perms  = "nip44_encrypt,sign_event:1"
		meta   = `{"name":"App","url":"https://app.example","image":"https://app.example/i.png"}`
	)
	app := Metadata{Name: "App", URL: "https://app.example", Image: "https://app.example/i.png"}
	for name, c := range map[string]struct {
		params []string
		want   ConnectParams
	}{
		"none":                    {nil, ConnectParams{}},
		"key only":                {[]string{key1}, ConnectParams{Signer: key1}},
		"empty key (NDK)":         {[]string{"", secret}, ConnectParams{Secret: secret}},
		"all empty":               {[]string{"", "", "", ""}, ConnectParams{}},
		"three slots (AS)":        {[]string{key1, secret, perms}, ConnectParams{Signer: key1, Secret: secret, Perms: perms}},
		"four slots (NT)":         {[]string{key1, secret, "", meta}, ConnectParams{Signer: key1, Secret: secret, Metadata: app}},
		"more slots":              {[]string{key1, secret, perms, meta, "x", "y"}, ConnectParams{Signer: key1, Secret: secret, Perms: perms, Metadata: app}},
		"perms in slot 2 (QZ)":    {[]string{key1, perms}, ConnectParams{Signer: key1, Perms: perms}},
		"perms, metadata (QZ)":    {[]string{key1, perms, meta}, ConnectParams{Signer: key1, Perms: perms, Metadata: app}},
		"one perm in slot 2":      {[]string{key1, "sign_event"}, ConnectParams{Signer: key1, Perms: "sign_event"}},
		"metadata in slot 2":      {[]string{key1, meta}, ConnectParams{Signer: key1, Metadata: app}},
		"metadata in slot 3":      {[]string{key1, secret, meta}, ConnectParams{Signer: key1, Secret: secret, Metadata: app}},
		"metadata malformed":      {[]string{key1, secret, perms, `{"name":`}, ConnectParams{Signer: key1, Secret: secret, Perms: perms}},
		"metadata not an object":  {[]string{key1, secret, perms, `["App"]`}, ConnectParams{Signer: key1, Secret: secret, Perms: perms}},
		"metadata of wrong types": {[]string{key1, secret, "", `{"name":7,"url":null,"image":"i"}`}, ConnectParams{Signer: key1, Secret: secret, Metadata: Metadata{Image: "i"}}},
		"a word as a secret":      {[]string{key1, "ping"}, ConnectParams{Signer: key1, Secret: "ping"}},
		"secret with a comma":     {[]string{key1, "sign_event,hunter2"}, ConnectParams{Signer: key1, Secret: "sign_event,hunter2"}},
		"perms-like secret":       {[]string{key1, "sign_event", perms}, ConnectParams{Signer: key1, Secret: "sign_event", Perms: perms}},
		"malformed in slot 3":     {[]string{key1, secret, "{x"}, ConnectParams{Signer: key1, Secret: secret, Perms: "{x"}},
		"opens pages":             {[]string{key1, secret, "", `{"name":"App","auth_url":true}`}, ConnectParams{Signer: key1, Secret: secret, Metadata: Metadata{Name: "App"}, AuthURL: true}},
		"opens no pages":          {[]string{key1, secret, "", `{"auth_url":"true"}`}, ConnectParams{Signer: key1, Secret: secret}},
		"metadata too large":      {[]string{key1, secret, "", `{"name":"` + strings.Repeat("x", 9000) + `"}`}, ConnectParams{Signer: key1, Secret: secret}},
		"long name, long URL":     {[]string{key1, "", "", `{"name":"` + strings.Repeat("水", 301) + `","url":"` + strings.Repeat("x", 301) + `"}`}, ConnectParams{Signer: key1, Metadata: Metadata{Name: strings.Repeat("水", 300)}}},
		"control characters":      {[]string{key1, "", "", `{"name":" \u001b[31mA\npp\u2028\u0085 ","url":"https://a\u0000"}`}, ConnectParams{Signer: key1, Metadata: Metadata{Name: "[31mApp", URL: "https://a"}}},
	} {
		if got := ParseConnectParams(c.params); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

// The browser kit is held to the same cases.
func TestCheckCode(t *testing.T) {
	raw, err := os.ReadFile("testdata/checkcode.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Client, Secret, Code string }
	if err := json.Unmarshal(raw, &cases); err != nil || len(cases) < 4 {
		t.Fatal(err, len(cases))
	}
	for _, c := range cases {
		key, err := nostr.ParsePubKey(c.Client)
		if err != nil {
			t.Fatal(err)
		}
		if got := (&ConnectURI{Client: key, Secret: c.Secret}).CheckCode(); got != c.Code {
			t.Errorf("%s: %s, want %s", c.Secret, got, c.Code)
		}
	}
}
