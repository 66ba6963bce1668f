package effect

// Act is what an operation does, in a person's terms; words has sentences for each.
type Act string

// Control methods.
const (
	ActUnknownOp Act = ""
	ActConnect   Act = "connect"
	ActPing      Act = "ping"
	ActWho       Act = "who"
	ActSwitch    Act = "switch"
	ActLogout    Act = "logout"
)

// Locking and opening texts.
const (
	ActSeal        Act = "seal"
	ActSealOld     Act = "seal-old"
	ActSealMessage Act = "seal-message"
	ActSealOwn     Act = "seal-own"
	ActSealPay     Act = "seal-order"
	ActOpen        Act = "open"
	ActOpenOld     Act = "open-old"
	ActOpenChat    Act = "open-chat"
	ActOpenMessage Act = "open-message"
	ActOpenList    Act = "open-list"
	ActOpenOwn     Act = "open-own"
	ActOpenData    Act = "open-data"
	ActOpenWallet  Act = "open-wallet"
)

// You and your posts.
const (
	ActProfile       Act = "profile"
	ActIdentities    Act = "identities"
	ActStatus        Act = "status"
	ActPost          Act = "post"
	ActReply         Act = "reply"
	ActComment       Act = "comment"
	ActThread        Act = "thread"
	ActPublicMessage Act = "public-message"
	ActRepost        Act = "repost"
	ActRepostOther   Act = "repost-other"
	ActReact         Act = "react"
	ActReactSite     Act = "react-site"
	ActHighlight     Act = "highlight"
	ActCitePost      Act = "cite-post"
	ActCiteWeb       Act = "cite-web"
	ActCitePaper     Act = "cite-paper"
	ActCitePrompt    Act = "cite-prompt"
	ActDelete        Act = "delete"
	ActVanish        Act = "vanish"
	ActReport        Act = "report"
	ActLabel         Act = "label"
	ActTimestamp     Act = "timestamp"
	ActVote          Act = "vote"
	ActPoll          Act = "poll"
	ActChess         Act = "chess"
	ActCacheFound    Act = "cache-found"
	ActCacheProof    Act = "cache-proof"
	ActCache         Act = "cache"
	ActCacheList     Act = "cache-list"
)

// Pictures, sound and files.
const (
	ActPhoto          Act = "photo"
	ActVideo          Act = "video"
	ActShortVideo     Act = "short-video"
	ActVideoPage      Act = "video-page"
	ActShortVideoPage Act = "short-video-page"
	ActVoice          Act = "voice"
	ActVoiceReply     Act = "voice-reply"
	ActFilePost       Act = "file-post"
	ActTorrent        Act = "torrent"
	ActTorrentComment Act = "torrent-comment"
	ActPodcast        Act = "podcast"
	ActEpisode        Act = "episode"
)

// Private messages.
const (
	ActOldMessage   Act = "old-message"
	ActMessage      Act = "message"
	ActBareMessage  Act = "bare-message"
	ActBareFile     Act = "bare-file"
	ActWrap         Act = "wrap"
	ActKeyPackage   Act = "key-package"
	ActGroupWelcome Act = "group-welcome"
	ActGroupSealed  Act = "group-sealed"
	ActInbox        Act = "inbox"
	ActGroupInbox   Act = "group-inbox"
)

// Lists of your own.
const (
	ActFollows      Act = "follows"
	ActMute         Act = "mute"
	ActPins         Act = "pins"
	ActBookmarks    Act = "bookmarks"
	ActBookmarkSet  Act = "bookmark-set"
	ActWebBookmark  Act = "web-bookmark"
	ActCommunities  Act = "communities"
	ActChatRooms    Act = "chat-rooms"
	ActGroups       Act = "groups"
	ActInterests    Act = "interests"
	ActInterestSet  Act = "interest-set"
	ActMediaFollows Act = "media-follows"
	ActEmojis       Act = "emojis"
	ActEmojiSet     Act = "emoji-set"
	ActPodcasts     Act = "podcasts"
	ActOwnPodcasts  Act = "own-podcasts"
	ActPeopleSet    Act = "people-set"
	ActStarterPack  Act = "starter-pack"
	ActMediaPack    Act = "media-pack"
	ActPlaceSet     Act = "place-set"
	ActCuration     Act = "curation"
	ActVideoSet     Act = "video-set"
	ActPictureSet   Act = "picture-set"
	ActMuteSet      Act = "mute-set"
	ActAppSet       Act = "app-set"
)

// Places: where things are kept.
const (
	ActPlaces         Act = "places"
	ActBlockedPlaces  Act = "blocked-places"
	ActSearchPlaces   Act = "search-places"
	ActFavoritePlaces Act = "favorite-places"
	ActDraftPlaces    Act = "draft-places"
	ActFileHosts      Act = "file-hosts"
	ActOldFileHosts   Act = "old-file-hosts"
	ActPlaceWatch     Act = "place-watch"
	ActPlaceReport    Act = "place-report"
)

// Money.
const (
	ActTip          Act = "tip"
	ActTipGoal      Act = "tip-goal"
	ActWalletTip    Act = "wallet-tip"
	ActWalletInfo   Act = "wallet-info"
	ActWalletAnswer Act = "wallet-answer"
	ActPay          Act = "pay"
	ActWallet       Act = "wallet"
	ActWalletLook   Act = "wallet-look"
	ActEcash        Act = "ecash"
	ActEcashTokens  Act = "ecash-tokens"
	ActEcashHistory Act = "ecash-history"
	ActEcashQuote   Act = "ecash-quote"
	ActEcashSend    Act = "ecash-send"
	ActEcashBanks   Act = "ecash-banks"
	ActEcashBank    Act = "ecash-bank"
	ActCoinBank     Act = "coin-bank"
	ActCoinMix      Act = "coin-mix"
	ActTrade        Act = "trade"
)

// Buying and selling.
const (
	ActListing      Act = "listing"
	ActListingDraft Act = "listing-draft"
	ActStall        Act = "stall"
	ActProduct      Act = "product"
	ActMarket       Act = "market"
	ActAuction      Act = "auction"
	ActBid          Act = "bid"
	ActBidAnswer    Act = "bid-answer"
	ActGiveBadge    Act = "give-badge"
	ActGiveBadges   Act = "give-badges"
	ActMakeBadge    Act = "make-badge"
	ActShowBadges   Act = "show-badges"
	ActBadgeSet     Act = "badge-set"
)

// Writing.
const (
	ActArticle      Act = "article"
	ActArticleDraft Act = "article-draft"
	ActDraft        Act = "draft"
	ActDraftStep    Act = "draft-step"
	ActBook         Act = "book"
	ActChapter      Act = "chapter"
	ActWiki         Act = "wiki"
	ActWikiMove     Act = "wiki-move"
	ActWikiMerge    Act = "wiki-merge"
	ActVectors      Act = "vectors"
)

// Settings of apps.
const (
	ActAppData      Act = "app-data"
	ActAppDataOther Act = "app-data-other"
	ActAppNote      Act = "app-note"
)

// Proving who you are.
const (
	ActRelayLogin Act = "relay-login"
	ActWebLogin   Act = "web-login"
	ActWebChange  Act = "web-change"
	ActWebDelete  Act = "web-delete"
	ActFileUpload Act = "file-upload"
	ActFileDelete Act = "file-delete"
	ActFileList   Act = "file-list"
	ActAsSigner   Act = "as-signer"
)

// Groups and rooms.
const (
	ActChat            Act = "chat"
	ActRoomChat        Act = "room-chat"
	ActLiveChat        Act = "live-chat"
	ActRoomOpen        Act = "room-open"
	ActRoomEdit        Act = "room-edit"
	ActRoomHide        Act = "room-hide"
	ActRoomMute        Act = "room-mute"
	ActRoomPresence    Act = "room-presence"
	ActLive            Act = "live"
	ActLiveRoom        Act = "live-room"
	ActMeeting         Act = "meeting"
	ActDateDay         Act = "date-day"
	ActDateTime        Act = "date-time"
	ActCalendar        Act = "calendar"
	ActAttend          Act = "attend"
	ActGroupPost       Act = "group-post"
	ActCommunity       Act = "community"
	ActGroupJoin       Act = "group-join"
	ActGroupLeave      Act = "group-leave"
	ActGroupAdd        Act = "group-add"
	ActGroupRemove     Act = "group-remove"
	ActGroupEdit       Act = "group-edit"
	ActGroupDeletePost Act = "group-delete-post"
	ActGroupCreate     Act = "group-create"
	ActGroupDelete     Act = "group-delete"
	ActGroupInvite     Act = "group-invite"
	ActGroupRun        Act = "group-run"
	ActGroupHost       Act = "group-host"
	ActVenueAdd        Act = "venue-add"
	ActVenueRemove     Act = "venue-remove"
	ActVenueMembers    Act = "venue-members"
	ActVenueJoin       Act = "venue-join"
	ActVenueInvite     Act = "venue-invite"
	ActVenueLeave      Act = "venue-leave"
)

// Apps, code and sites.
const (
	ActRecommend    Act = "recommend"
	ActAnnounce     Act = "announce"
	ActAppPage      Act = "app-page"
	ActAppRelease   Act = "app-release"
	ActSnippet      Act = "snippet"
	ActRepo         Act = "repo"
	ActRepoState    Act = "repo-state"
	ActPatch        Act = "patch"
	ActPullRequest  Act = "pull-request"
	ActPullUpdate   Act = "pull-update"
	ActIssue        Act = "issue"
	ActCodeReply    Act = "code-reply"
	ActCodeOpen     Act = "code-open"
	ActCodeMerged   Act = "code-merged"
	ActCodeClosed   Act = "code-closed"
	ActCodeDraft    Act = "code-draft"
	ActProblem      Act = "problem"
	ActWebsite      Act = "website"
	ActWebsiteNamed Act = "website-named"
	ActWebsiteCopy  Act = "website-copy"
	ActWebsiteFile  Act = "website-file"
	ActTrustPerson  Act = "trust-person"
	ActTrustPost    Act = "trust-post"
	ActTrustThing   Act = "trust-thing"
	ActJobAsk       Act = "job-ask"
	ActJobDone      Act = "job-done"
	ActJobNews      Act = "job-news"
)

// What we do not know.
const (
	ActUnknown Act = "unknown"
)
