package keeper

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"strconv"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// Settings about money, in sats.
const (
	settingTipLimit = "tip-limit"
	settingPayLimit = "pay-limit"
	settingPayDaily = "pay-daily"
	// settingPaid holds, by identity, what was paid on one day.
	settingPaid = "paid:"
)

const (
	kindTip       = nostr.Kind(9734)
	kindEcash     = nostr.Kind(9321)
	kindPayment   = nostr.Kind(23194)
	mostSats      = 100_000_000_000 // a thousand bitcoin
	paidDayFormat = "2006-01-02"
)

// paid is what an identity's wallet was ordered to pay on one day.
type paid struct {
	Day  string `json:"day"`
	Sats int64  `json:"sats"`
}

func checkSats(v string) error {
	if n, err := strconv.ParseInt(v, 10, 64); err != nil || n < 0 || n > mostSats {
		return privyseal.E(privyseal.KindInvalid, "“"+v+"” is not an amount in sats", "for example: 1000, or 0 for nothing")
	}
	return nil
}

func (k *Keeper) sats(key string) int64 {
	n, _ := strconv.ParseInt(k.setting(key), 10, 64) // checked when it was set
	return n
}

// moneyOf is what the person set and what is left of it, for requests that move
// money.
func (k *Keeper) moneyOf(j *job) (m effect.Money) {
	switch nostr.Kind(max(0, j.kind())) {
	case kindTip, kindEcash, kindPayment:
	default:
		return m
	}
	m.TipLimit, m.PayLimit = k.sats(settingTipLimit), k.sats(settingPayLimit)
	m.Payee = func(invoice string) string {
		pk, ok := k.tips.Payee(invoice, j.e.at)
		if !ok {
			return ""
		}
		return k.people.Name(pk)
	}
	var p paid
	if err := k.store.View(context.Background(), func(r store.Reader) error { return readSetting(r, settingPaid+j.who.ID, &p) }); err != nil {
		return m
	}
	left := k.sats(settingPayDaily)
	if p.Day == day(j.e.at) {
		left = max(0, left-p.Sats)
	}
	m.LeftToday = &left
	return m
}

func day(t time.Time) string { return t.Local().Format(paidDayFormat) }

// moved notes a tip request that was signed, so that its bill can be named, and
// counts a payment into the day.
func (k *Keeper) moved(ctx context.Context, j *job, result string) error {
	switch nostr.Kind(max(0, j.kind())) {
	case kindTip:
		if to, err := nostr.ParsePubKey(j.req.Template.Tags.TagValue("p")); err == nil {
			k.tips.Asked(sha256.Sum256([]byte(result)), to, k.now())
		}
	case kindPayment:
		return k.store.Update(ctx, func(tx store.Tx) error {
			var p paid
			if err := readSetting(tx, settingPaid+j.who.ID, &p); err != nil {
				return err
			}
			if today := day(k.now()); p.Day != today {
				p = paid{Day: today}
			}
			p.Sats = min(p.Sats+j.sats, mostSats)
			raw, err := json.Marshal(p)
			if err != nil {
				return err
			}
			return tx.SetSetting(settingPaid+j.who.ID, string(raw))
		})
	}
	return nil
}
