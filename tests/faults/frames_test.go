package faults

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// A relay may send anything at all. What is no message is passed over; the
// connection stays.
func TestMalformedFrames(t *testing.T) {
	t.Parallel()
	fake := new(linktest.Relay)
	clients := make(chan *linktest.Client, 100) // the signer's, by REQ for requests
	fake.OnReq = func(c *linktest.Client, id string, fs []nostr.Filter) string {
		if id != answers && len(fs) > 0 && slices.Contains(fs[0].Kinds, nip46.Kind) {
			clients <- c
		}
		return ""
	}
	url := fake.Start(t)
	s := launchSigner(t, url)
	a := s.pair(url)
	c := <-clients
	p := a.to.String()
	event := func(fields string) string { return `["EVENT","1",{` + fields + `}]` }
	frames := []string{
		`["NOTICE","` + strings.Repeat("!", 500_000) + `"]`,
		``, ` `, `null`, `{}`, `[]`, `[[]]`, `["EVENT"]`, `["EVENT","1"]`, `["EVENT",1,{}]`, `["EVENT","1",null]`, `["EVENT","1",[]]`,
		`hello`, "\x00\xff", `["GREETING","1"]`, `["OK"]`, `["OK","x",true,""]`, `["OK","` + strings.Repeat("0", 64) + `",true,""]`,
		`["EOSE"]`, `["EOSE","nobody's"]`, `["CLOSED","nobody's","error: x"]`, `["AUTH"]`, `["AUTH",7]`, `["COUNT","1",{"count":1}]`,
		event(``), event(`"kind":24133`), event(`"kind":"24133","tags":[["p","` + p + `"]]`),
		event(`"kind":24133,"tags":[["p"]],"content":""`), event(`"kind":24133,"tags":"p","content":""`),
		event(`"kind":-1,"id":1,"pubkey":2,"created_at":"3","tags":[[null]],"content":{},"sig":[]`),
		`["EVENT","1",` + strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000) + `]`,
		`["EVENT","1",` + strings.Repeat(`{"a":`, 100_000),
	}
	began := time.Now()
	for _, f := range frames {
		c.SendRaw([]byte(f))
	}
	took := a.sign(began)
	for len(clients) > 0 {
		if <-clients != c {
			t.Error("the connection was made again")
		}
	}
	figure(t, fmt.Sprintf("%d kinds of malformed frames from a relay", len(frames)), "passed over; the connection stays", took, recovery)
}
