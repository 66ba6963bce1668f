package effect

import (
	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

// Act is what an operation does, in a person's terms; words has sentences for each.
type Act string

// The acts.
const (
	ActUnknownOp   Act = ""
	ActConnect     Act = "connect"
	ActPing        Act = "ping"
	ActWho         Act = "who"
	ActSwitch      Act = "switch"
	ActLogout      Act = "logout"
	ActSeal        Act = "seal"
	ActSealOld     Act = "seal-old"
	ActOpen        Act = "open"
	ActOpenOld     Act = "open-old"
	ActOpenList    Act = "open-list"
	ActOpenMessage Act = "open-message"
	ActOpenData    Act = "open-data"
	ActProfile     Act = "profile"
	ActPost        Act = "post"
	ActReply       Act = "reply"
	ActChat        Act = "chat"
	ActMedia       Act = "media"
	ActFollows     Act = "follows"
	ActOldMessage  Act = "old-message"
	ActDelete      Act = "delete"
	ActVanish      Act = "vanish"
	ActRepost      Act = "repost"
	ActReact       Act = "react"
	ActMessage     Act = "message"
	ActBareMessage Act = "bare-message"
	ActWrap        Act = "wrap"
	ActReport      Act = "report"
	ActLabel       Act = "label"
	ActTip         Act = "tip"
	ActWalletSays  Act = "wallet-says"
	ActPay         Act = "pay"
	ActWallet      Act = "wallet"
	ActEcash       Act = "ecash"
	ActPlaces      Act = "places"
	ActInbox       Act = "inbox"
	ActFileHosts   Act = "file-hosts"
	ActMute        Act = "mute"
	ActList        Act = "list"
	ActVote        Act = "vote"
	ActPoll        Act = "poll"
	ActGiveBadge   Act = "give-badge"
	ActMakeBadge   Act = "make-badge"
	ActShowBadges  Act = "show-badges"
	ActArticle     Act = "article"
	ActDraft       Act = "draft"
	ActAppData     Act = "app-data"
	ActRelayLogin  Act = "relay-login"
	ActWebLogin    Act = "web-login"
	ActWebChange   Act = "web-change"
	ActFileUpload  Act = "file-upload"
	ActFileDelete  Act = "file-delete"
	ActFileList    Act = "file-list"
	ActAsSigner    Act = "as-signer"
	ActGroupJoin   Act = "group-join"
	ActGroupRun    Act = "group-run"
	ActGroupPost   Act = "group-post"
	ActOffer       Act = "offer"
	ActBid         Act = "bid"
	ActLive        Act = "live"
	ActCalendar    Act = "calendar"
	ActStatus      Act = "status"
	ActRecommend   Act = "recommend"
	ActAnnounce    Act = "announce"
	ActCode        Act = "code"
	ActWebsite     Act = "website"
	ActUnknown     Act = "unknown"
)

const (
	kindRelayLogin = 22242
	kindWebLogin   = 27235
	kindFile       = 24242
)

// KindRule is one row of the table of kinds.
type KindRule struct {
	From, To nostr.Kind // inclusive
	Act      Act
	Level    privyseal.Level // before any check
	check    func(*weigher)
}

// Kinds is every kind we have words for. The first row that holds a kind wins;
// a kind in no row is [ActUnknown] at L3.
func Kinds() []KindRule { return append([]KindRule(nil), kinds...) }

var kinds = []KindRule{
	{0, 0, ActProfile, privyseal.L2, (*weigher).profile},
	{1, 1, ActPost, privyseal.L1, (*weigher).post},
	{3, 3, ActFollows, privyseal.L1, (*weigher).follows},
	{4, 4, ActOldMessage, privyseal.L2, (*weigher).oldMessage},
	{5, 5, ActDelete, privyseal.L3, (*weigher).deletion},
	{6, 6, ActRepost, privyseal.L1, (*weigher).toPerson},
	{7, 7, ActReact, privyseal.L1, (*weigher).react},
	{8, 8, ActGiveBadge, privyseal.L2, (*weigher).giveBadge},
	{9, 9, ActChat, privyseal.L1, (*weigher).post},
	{11, 11, ActPost, privyseal.L1, (*weigher).post},
	{13, 13, ActMessage, privyseal.L2, (*weigher).sealed},
	{14, 15, ActBareMessage, privyseal.L3, (*weigher).toPerson},
	{16, 16, ActRepost, privyseal.L1, (*weigher).toPerson},
	{17, 17, ActReact, privyseal.L1, (*weigher).react},
	{20, 22, ActMedia, privyseal.L1, (*weigher).post},
	{24, 24, ActChat, privyseal.L1, (*weigher).post},
	{42, 42, ActChat, privyseal.L1, (*weigher).post},
	{62, 62, ActVanish, privyseal.L4, blocked(ReasonVanish)},
	{78, 78, ActAppData, privyseal.L1, nil},
	{443, 443, ActInbox, privyseal.L3, nil},
	{1018, 1018, ActVote, privyseal.L2, nil},
	{1021, 1021, ActBid, privyseal.L2, (*weigher).bid},
	{1059, 1059, ActWrap, privyseal.L3, nil},
	{1063, 1063, ActMedia, privyseal.L1, (*weigher).post},
	{1068, 1068, ActPoll, privyseal.L1, (*weigher).post},
	{1111, 1111, ActReply, privyseal.L1, (*weigher).post},
	{1222, 1222, ActMedia, privyseal.L1, (*weigher).post},
	{1617, 1617, ActCode, privyseal.L2, nil},
	{1984, 1984, ActReport, privyseal.L2, (*weigher).report},
	{1985, 1985, ActLabel, privyseal.L1, nil},
	{4550, 4550, ActGroupPost, privyseal.L1, nil},
	{5128, 5128, ActWebsite, privyseal.L2, nil},
	{7374, 7376, ActEcash, privyseal.L3, nil},
	{8000, 8001, ActGroupRun, privyseal.L3, (*weigher).toPerson},
	{9000, 9020, ActGroupRun, privyseal.L3, (*weigher).toPerson},
	{9021, 9022, ActGroupJoin, privyseal.L1, nil},
	{9023, 9030, ActGroupRun, privyseal.L3, (*weigher).toPerson},
	{9321, 9321, ActEcash, privyseal.L3, (*weigher).toPerson},
	{9734, 9734, ActTip, privyseal.L2, (*weigher).tip},
	{9735, 9735, ActWalletSays, privyseal.L3, nil},
	{10000, 10000, ActMute, privyseal.L1, (*weigher).mute},
	{10002, 10002, ActPlaces, privyseal.L2, (*weigher).places},
	{10008, 10008, ActShowBadges, privyseal.L1, (*weigher).list},
	{10019, 10019, ActEcash, privyseal.L3, nil},
	{10050, 10051, ActInbox, privyseal.L3, (*weigher).places},
	{10063, 10063, ActFileHosts, privyseal.L2, (*weigher).places},
	{10096, 10096, ActFileHosts, privyseal.L2, (*weigher).places},
	{10001, 10030, ActList, privyseal.L1, (*weigher).list},
	{13194, 13194, ActWalletSays, privyseal.L3, nil},
	{15128, 15128, ActWebsite, privyseal.L2, nil},
	{17375, 17375, ActEcash, privyseal.L3, nil},
	{kindRelayLogin, kindRelayLogin, ActRelayLogin, privyseal.L0, (*weigher).relayLogin},
	{23194, 23194, ActPay, privyseal.L3, (*weigher).walletOrder},
	{23195, 23195, ActWalletSays, privyseal.L3, nil},
	{24133, 24133, ActAsSigner, privyseal.L4, blocked(ReasonSigner)},
	{kindFile, kindFile, ActFileUpload, privyseal.L1, (*weigher).file},
	{kindWebLogin, kindWebLogin, ActWebLogin, privyseal.L2, (*weigher).webLogin},
	{30008, 30008, ActShowBadges, privyseal.L1, (*weigher).list},
	{30009, 30009, ActMakeBadge, privyseal.L2, nil},
	{30017, 30020, ActOffer, privyseal.L2, (*weigher).offer},
	{30023, 30023, ActArticle, privyseal.L1, (*weigher).article},
	{30024, 30024, ActDraft, privyseal.L1, (*weigher).article},
	{30000, 30030, ActList, privyseal.L1, (*weigher).list},
	{30078, 30078, ActAppData, privyseal.L1, (*weigher).appData},
	{30311, 30311, ActLive, privyseal.L1, nil},
	{30315, 30315, ActStatus, privyseal.L1, (*weigher).post},
	{30402, 30402, ActOffer, privyseal.L2, (*weigher).offer},
	{30617, 30617, ActCode, privyseal.L2, nil},
	{31234, 31234, ActDraft, privyseal.L1, (*weigher).article},
	{31922, 31925, ActCalendar, privyseal.L1, nil},
	{31989, 31989, ActRecommend, privyseal.L2, nil},
	{31990, 31990, ActAnnounce, privyseal.L2, nil},
	{34128, 34128, ActWebsite, privyseal.L2, nil},
	{35128, 35128, ActWebsite, privyseal.L2, nil},
	{39089, 39089, ActList, privyseal.L1, (*weigher).list},
	{39092, 39092, ActList, privyseal.L1, (*weigher).list},
}

var unknownKind = KindRule{Act: ActUnknown, Level: privyseal.L3, check: (*weigher).unknown}

// RuleOf is the row of the table that holds a kind.
func RuleOf(k nostr.Kind) KindRule {
	for _, r := range kinds {
		if r.From <= k && k <= r.To {
			return r
		}
	}
	r := unknownKind
	r.From, r.To = k, k
	return r
}

// replaceable kinds keep only their newest version.
func replaceable(k nostr.Kind) bool {
	return k.IsReplaceable() || k.IsAddressable()
}
