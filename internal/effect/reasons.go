package effect

// Reason is one thing that raised a level, or that a person should hear.
type Reason struct {
	Code string // see the Reason… constants
	N    int64  // how many, or seconds
	Text string // a value to show as a claim
}

// Codes of reasons, guards and blocks.
const (
	ReasonNew        = "young-app"         // the app was paired less than a day ago
	ReasonOften      = "often"             // N times lately, more than is usual
	ReasonUncounted  = "uncounted"         // how often lately is not known
	ReasonTags       = "big-tags"          // more than 4 KB of tags of unknown names
	ReasonClock      = "clock"             // stamped more than ten minutes off; N is seconds, ahead positive
	ReasonUnchecked  = "unchecked"         // what would be lost is not known
	ReasonRemoves    = "removes-many"      // N entries would go
	ReasonEmpties    = "empties"           // nothing would be left
	ReasonErases     = "erases"            // Text names the profile fields that would vanish
	ReasonWallet     = "wallet"            // Text is where tips would go
	ReasonAddress    = "nip05"             // Text is the address that the profile would claim
	ReasonNamesake   = "namesake"          // somebody whom the person follows goes by that name
	ReasonMentions   = "mentions-many"     // N people are named
	ReasonAllOlder   = "all-older"         // older versions too
	ReasonCore       = "deletes-core"      // profile, follows or posting places
	ReasonManyGone   = "deletes-many"      // N things at once
	ReasonForged     = "forged"            // an opened message names another sender than its seal
	ReasonIllegal    = "illegal"           // a report says it is against the law
	ReasonUnseen     = "unseen"            // the content cannot be read by us
	ReasonLeak       = "leaks-receiver"    // others see whom one writes to
	ReasonStranger   = "stranger"          // the person never had to do with them
	ReasonForeign    = "foreign-relay"     // the relay is not on the person's list
	ReasonNewPlace   = "new-place"         // Text is a host not used before, where posts would be kept
	ReasonNewHost    = "new-host"          // Text is a file host not used before
	ReasonSite       = "different-site"    // Host is not the app's checked host; Text is the latter
	ReasonNoBody     = "no-body-hash"      // a changing web login does not say what is sent
	ReasonNoFile     = "no-file-hash"      // a file permission is for any file
	ReasonLong       = "long-lived"        // a file permission is good for over a day
	ReasonTagsSeal   = "sealed-tags"       // a sealed message has tags
	ReasonReplaces   = "replaces"          // an older version goes
	ReasonUncompared = "uncompared"        // an older version may go that is not looked at
	ReasonNotKept    = "not-kept"          // services do not keep it
	ReasonManyGet    = "many-receivers"    // N people receive it
	ReasonTooMany    = "too-many-places"   // N places
	ReasonPrivate    = "private-part"      // part of it is not readable
	ReasonHidden     = "private-gone"      // the private part would go
	ReasonGutted     = "gutted"            // most of the old text would go
	ReasonAnyHost    = "any-host"          // a file permission is good at every host
	ReasonOtherApp   = "other-app"         // Text names another app that wrote it last
	ReasonMaybeApp   = "maybe-other-app"   // another app may have written it last
	ReasonOverLimit  = "over-limit"        // more than the person's limit
	ReasonOverDay    = "over-day"          // more than is left for today
	ReasonPayTo      = "other-wallet"      // their tips go to another wallet than a week ago
	ReasonPrice      = "price"             // ten times the old price, or a tenth
	ReasonVoted      = "voted"             // there may be an earlier vote
	ReasonVotedMaybe = "voted-maybe"       // whether there is an earlier vote is not known
	ReasonSecret     = "secret-in-text"    // a key, recovery words, or a wallet link
	ReasonEcho       = "private-in-public" // it would publish what was opened as a private text
	ReasonOwn        = "own-key"           // the peer is one of our own keys
	ReasonInvalid    = "invalid"           // not a request that can be weighed
	ReasonFuture     = "future"            // stamped so far ahead that it would win for long
	ReasonSigner     = "speaks-as-signer"  // kind 24133
	ReasonVanish     = "vanish"            // kind 62
	ReasonLogin      = "bad-login"         // a relay login or web login that is not as it must be
	ReasonWalletNo   = "unreadable-wallet" // a wallet order that could not be opened
)

// Codes is every code there is.
func Codes() []string {
	return []string{
		ReasonNew, ReasonOften, ReasonUncounted, ReasonTags, ReasonClock, ReasonUnchecked, ReasonRemoves, ReasonEmpties,
		ReasonErases, ReasonWallet, ReasonAddress, ReasonNamesake, ReasonMentions, ReasonAllOlder, ReasonCore, ReasonManyGone,
		ReasonForged, ReasonIllegal, ReasonUnseen, ReasonLeak, ReasonStranger, ReasonForeign, ReasonNewPlace, ReasonNewHost,
		ReasonSite, ReasonNoBody, ReasonNoFile, ReasonLong, ReasonTagsSeal, ReasonReplaces, ReasonNotKept, ReasonManyGet,
		ReasonTooMany, ReasonPrivate, ReasonHidden, ReasonGutted, ReasonAnyHost, ReasonOtherApp, ReasonMaybeApp,
		ReasonOverLimit, ReasonOverDay, ReasonPayTo, ReasonPrice, ReasonVoted, ReasonVotedMaybe, ReasonSecret, ReasonEcho,
		ReasonUncompared, ReasonOwn, ReasonInvalid, ReasonFuture, ReasonSigner, ReasonVanish, ReasonLogin, ReasonWalletNo,
	}
}
