package stage

import (
	"encoding/json"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// seed puts in what is there before anybody comes: a neighbour with two posts, a
// poll and a badge. What is there already stays.
func (s *Stage) seed(c *cast) error {
	board, err := c.board.PublicKey()
	if err != nil {
		return err
	}
	if len(s.relay.Query(nostr.Filter{Authors: []nostr.PubKey{board}})) > 0 {
		return nil
	}
	now := time.Now().Unix()
	profile := func(name, about, tips string) string {
		raw, _ := json.Marshal(map[string]string{"name": name, "about": about, "lud16": tips})
		return string(raw)
	}
	post := nostr.Tags{{"t", "message-board"}}
	for _, one := range []struct {
		by *nostr.SecretKey
		t  nostr.Template
	}{
		{&c.board, nostr.Template{Kind: 0, CreatedAt: now - 9000, Content: profile("Village Board", "The board itself.", "")}},
		{&c.bea, nostr.Template{Kind: 0, CreatedAt: now - 9000, Content: profile("Bea", "Bakes, and keeps bees.", "bea@"+s.host())}},
		{&c.bea, nostr.Template{Kind: 1, CreatedAt: now - 7300, Tags: post, Content: "The bees made it through the winter. Honey in August, if they agree."}},
		{&c.bea, nostr.Template{Kind: 1, CreatedAt: now - 1500, Tags: post, Content: "Fresh bread at the mill until noon. Bring a bag."}},
		{&c.board, nostr.Template{Kind: 30009, CreatedAt: now - 9000, Tags: nostr.Tags{{"d", "first-post"}, {"name", "First post"}, {"description", "For who has said something on the board."}}}},
		{&c.board, nostr.Template{Kind: 1068, CreatedAt: now - 8000, Content: "What shall we plant by the pond?", Tags: nostr.Tags{
			{"option", "apple", "An apple tree"}, {"option", "willow", "A willow"}, {"option", "reeds", "Leave it to the reeds"}, {"polltype", "singlechoice"}, {"relay", s.RelayURL}}}},
	} {
		kp, err := one.by.Keypair()
		if err != nil {
			return err
		}
		if one.t.Tags == nil {
			one.t.Tags = nostr.Tags{}
		}
		e, err := one.t.Sign(kp, false)
		if err != nil {
			return err
		}
		s.relay.Add(e)
	}
	return nil
}
