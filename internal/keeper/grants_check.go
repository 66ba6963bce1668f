package keeper

import (
	"fmt"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nip46"
)

// checkGrant refuses a grant that could never decide anything: who gives it
// believes that it does.
func checkGrant(v privyseal.Verdict, p nip46.Permission) error {
	wrong := func(msg, hint string) error {
		return privyseal.E(privyseal.KindInvalid, "“"+p.String()+"”: "+msg, hint)
	}
	control := privyseal.OperationOf(p.Method).Signer() == privyseal.SignerSession
	switch {
	case v != privyseal.Allow && control:
		return wrong("connected apps may always do this", "to stop the app altogether: privyseal apps pause APP")
	case v != privyseal.Allow && p.Budget != nip46.Budget{}:
		return wrong("a budget goes with allow only", "leave the #… away")
	case v != privyseal.Refuse && p.Kind != nil && effect.RuleOf(*p.Kind).Level.AtLeast(privyseal.L4):
		return wrong("no app may ever do this", "it is refused as it is")
	}
	if p.Method != nip46.SignEvent || p.Target == "" {
		return nil
	}
	host, relay := true, true // of some kind
	if p.Kind != nil {
		host, relay = effect.Placed(*p.Kind)
	}
	switch {
	case !host:
		return wrong(fmt.Sprintf("events of kind %d name no place", *p.Kind), "leave the @… away")
	case strings.Contains(p.Target, "://") && !relay:
		return wrong("these events name a host, not a relay", "for example: @site.example")
	}
	return nil
}
