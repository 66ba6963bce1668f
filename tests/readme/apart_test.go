//go:build linux

package readme

import (
	"regexp"
	"testing"
)

var signerKey = regexp.MustCompile(`bunker://([0-9a-f]{64})\?`)

// TestLinksAreApart: each link has a signer key of its own and none the user's,
// so that a relay cannot tell by keys whose apps they are (T7, R3, R19).
func TestLinksAreApart(t *testing.T) {
	r := newReader(t)
	init := start(t, r.dir, r.env, "(umask 077; head -c 32 /dev/urandom > k) && privyseal init --name Ana --key-file k")
	init.succeeds()
	up := start(t, r.dir, r.env, "privyseal up --key-file k --listen 127.0.0.1:0")
	t.Cleanup(up.interrupt)
	up.expect("ready")
	show := start(t, r.dir, r.env, "privyseal identity list --json")
	show.succeeds()
	user := regexp.MustCompile(`[0-9a-f]{64}`).FindString(show.shown())
	if user == "" {
		t.Fatalf("no public key in %s", show.shown())
	}
	seen := map[string]bool{user: true}
	for range 20 {
		invite := start(t, r.dir, r.env, "privyseal invite --json")
		invite.succeeds()
		m := signerKey.FindStringSubmatch(invite.shown())
		if m == nil {
			t.Fatalf("no link in %s", invite.shown())
		}
		if seen[m[1]] {
			t.Fatalf("the key %s is there twice, or the user's", m[1])
		}
		seen[m[1]] = true
	}
}
