package words

import (
	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// Receipt is a record in one line: "Allowed: post notes for you."
func (c *Catalogue) Receipt(rec privyseal.Record) string {
	what := clean(rec.Detail, maxClaim)
	if rec.Phase != privyseal.PhaseNote {
		what = c.Act(rec)
	}
	return c.say("receipt", "what", c.say(receiptWord(rec)), "act", what)
}

func receiptWord(rec privyseal.Record) string {
	switch rec.Phase {
	case privyseal.PhaseNote:
		return "noted"
	case privyseal.PhaseDecided:
		switch rec.Verdict {
		case privyseal.Allow:
			return "agreed"
		case privyseal.Ask:
			if rec.Detail == OpenedToAsk {
				return OpenedToAsk
			}
			return "asked"
		case privyseal.Refuse:
		}
		return "refused"
	case privyseal.PhaseDone, privyseal.PhaseUnknown:
	}
	switch rec.Outcome {
	case privyseal.Allowed:
		return "done"
	case privyseal.Refused:
		return "refused"
	case privyseal.Failed:
		return "failed"
	case privyseal.Expired:
		return "expired"
	case privyseal.OutcomeUnknown:
	}
	return "not-known"
}

// Act is what a record's request did, without what came of it.
func (c *Catalogue) Act(rec privyseal.Record) string {
	p := nip46.Permission{Method: rec.Op.Method()}
	if rec.Op == privyseal.OpSignEvent && rec.Kind >= 0 && rec.Kind <= 65535 {
		k := nostr.Kind(rec.Kind)
		p.Kind = &k
	}
	return c.allows(p)
}
