package words

import "github.com/privyseal/privyseal/internal/effect"

// sentence is what one act is called. Templates may hold {who}, {place}, {n},
// {change}, {amount}, {emoji}, {title}, {because} and {kind}; {change}, {title}
// and {because} bring their own space, and may be nothing.
type sentence struct {
	wants   string   // after "Coracle wants to"
	may     string   // after "May", of a grant
	yes, no string   // buttons
	lines   []string // always said
}

var catalogue = map[effect.Act]sentence{
	effect.ActUnknownOp: {wants: "do something we don't know", may: "do things we don't know", yes: "Let it", no: "Don't"},
	effect.ActConnect:   {wants: "connect", may: "connect", yes: "Connect", no: "Not now"},
	effect.ActPing:      {wants: "see if you are there", may: "see if you are there", yes: "Answer", no: "Stay quiet"},
	effect.ActWho:       {wants: "know which account you use", may: "know which account you use", yes: "Tell it", no: "Don't tell"},
	effect.ActSwitch:    {wants: "know where to reach you", may: "know where to reach you", yes: "Tell it", no: "Don't tell"},
	effect.ActLogout:    {wants: "log out", may: "log out", yes: "Log out", no: "Stay"},

	effect.ActSeal:    {wants: "lock a private text for {who}", may: "lock private texts", yes: "Lock it", no: "Don't lock"},
	effect.ActSealOld: {wants: "lock a private text for {who} the old way", may: "lock private texts the old way", yes: "Lock it", no: "Don't lock"},
	effect.ActOpen:    {wants: "read a private text shared with {who}", may: "read your private texts", yes: "Share it", no: "Don't share"},
	effect.ActOpenOld: {wants: "read an old private text shared with {who}", may: "read your old private texts", yes: "Share it", no: "Don't share"},

	effect.ActOpenList:    {wants: "read your own private list", may: "read your private lists", yes: "Share it", no: "Don't share"},
	effect.ActOpenMessage: {wants: "read a private message", may: "read your private messages", yes: "Share it", no: "Don't share"},
	effect.ActOpenData:    {wants: "read data that an app keeps for you", may: "read data that apps keep for you", yes: "Share it", no: "Don't share"},

	effect.ActProfile:     {wants: "change your profile", may: "change your profile", yes: "Change it", no: "Keep my profile"},
	effect.ActPost:        {wants: "post this publicly as you", may: "post notes for you", yes: "Post it", no: "Don't post"},
	effect.ActReply:       {wants: "post this reply as you", may: "post replies for you", yes: "Post it", no: "Don't post"},
	effect.ActChat:        {wants: "post this in a chat as you", may: "post in chats for you", yes: "Post it", no: "Don't post"},
	effect.ActMedia:       {wants: "post this photo, video or sound as you", may: "post photos, videos and sounds for you", yes: "Post it", no: "Don't post"},
	effect.ActFollows:     {wants: "change who you follow{change}", may: "change who you follow", yes: "Change it", no: "Keep my list"},
	effect.ActOldMessage:  {wants: "send a private message to {who} the old way", may: "send private messages the old way", yes: "Send it", no: "Don't send"},
	effect.ActDelete:      {wants: "ask everyone to delete {n} of your posts", may: "ask everyone to delete your posts", yes: "Delete them", no: "Keep them", lines: []string{"Copies may remain."}},
	effect.ActVanish:      {wants: "erase everything you ever posted", may: "erase everything you ever posted", yes: "Erase all", no: "Keep all"},
	effect.ActRepost:      {wants: "share a post with your followers", may: "share posts with your followers", yes: "Share it", no: "Don't share"},
	effect.ActReact:       {wants: "react {emoji} to a post by {who}", may: "react to posts for you", yes: "React", no: "Don't react"},
	effect.ActMessage:     {wants: "send a private message", may: "send private messages", yes: "Send it", no: "Don't send"},
	effect.ActBareMessage: {wants: "put your name under a private message", may: "put your name under private messages", yes: "Put my name", no: "Don't", lines: []string{"Then anyone can prove that you wrote it."}},
	effect.ActWrap:        {wants: "show that you sent a private message", may: "show that you sent private messages", yes: "Show it", no: "Don't show", lines: []string{"Everyone can see it."}},
	effect.ActReport:      {wants: "report {who}{because}", may: "report people in public for you", yes: "Report", no: "Don't report", lines: []string{"Everyone can see it."}},
	effect.ActLabel:       {wants: "put a public label on something", may: "put public labels on things", yes: "Label it", no: "Don't label"},
	effect.ActTip:         {wants: "ask for a bill to tip {who} {amount}", may: "ask for bills to tip people", yes: "Get the bill", no: "Don't tip", lines: []string{"Your name is shown."}},
	effect.ActWalletSays:  {wants: "speak as if it were a wallet", may: "speak as if it were a wallet", yes: "Let it", no: "Don't", lines: []string{"Wallets send this, not people."}},
	effect.ActPay:         {wants: "pay {amount} from your wallet", may: "pay from your wallet", yes: "Pay {amount}", no: "Don't pay"},
	effect.ActWallet:      {wants: "give your wallet an order", may: "give orders to your wallet", yes: "Give it", no: "Don't"},
	effect.ActEcash:       {wants: "change or send your ecash", may: "change or send your ecash", yes: "Go on", no: "Keep my ecash"},
	effect.ActPlaces:      {wants: "change where your posts are kept{change}", may: "change where your posts are kept", yes: "Change it", no: "Keep my places"},
	effect.ActInbox:       {wants: "change where you get private messages{change}", may: "change where you get private messages", yes: "Change it", no: "Keep it"},
	effect.ActFileHosts:   {wants: "change where your photos are kept{change}", may: "change where your photos are kept", yes: "Change it", no: "Keep it"},
	effect.ActMute:        {wants: "change who you mute{change}", may: "change who you mute", yes: "Change it", no: "Keep my list"},
	effect.ActList:        {wants: "change your list{title}{change}", may: "change your lists", yes: "Change it", no: "Keep my list"},
	effect.ActVote:        {wants: "vote for you", may: "vote for you", yes: "Vote", no: "Don't vote", lines: []string{"Everyone can see it."}},
	effect.ActPoll:        {wants: "start this poll as you", may: "start polls for you", yes: "Start it", no: "Don't start"},
	effect.ActGiveBadge:   {wants: "give a badge to {who}", may: "give badges to people", yes: "Give it", no: "Don't give"},
	effect.ActMakeBadge:   {wants: "make a new badge", may: "make badges", yes: "Make it", no: "Don't make"},
	effect.ActShowBadges:  {wants: "choose the badges on your profile{change}", may: "choose the badges on your profile", yes: "Change it", no: "Keep them"},
	effect.ActArticle:     {wants: "publish your article{title}", may: "publish articles for you", yes: "Publish it", no: "Don't publish"},
	effect.ActDraft:       {wants: "save a draft{title}", may: "save drafts", yes: "Save it", no: "Don't save"},
	effect.ActAppData:     {wants: "save its own settings", may: "save its own settings", yes: "Save them", no: "Don't save"},
	effect.ActRelayLogin:  {wants: "tell {place} it's you", may: "tell services it's you", yes: "Tell it", no: "Don't tell"},
	effect.ActWebLogin:    {wants: "log in to {place} as you", may: "log in to websites as you", yes: "Log in", no: "Don't log in"},
	effect.ActWebChange:   {wants: "change something on {place} as you", may: "change things on websites as you", yes: "Change it", no: "Don't change"},
	effect.ActFileUpload:  {wants: "upload a file to {place}", may: "use your files on file hosts", yes: "Upload it", no: "Don't upload"},
	effect.ActFileDelete:  {wants: "delete a file on {place}", may: "delete your files", yes: "Delete it", no: "Keep it"},
	effect.ActFileList:    {wants: "see your files on {place}", may: "see your files", yes: "Show them", no: "Don't show"},
	effect.ActAsSigner:    {wants: "speak to other apps as this key app", may: "speak to other apps as this key app", yes: "Let it", no: "Don't"},
	effect.ActGroupJoin:   {wants: "join or leave a group as you", may: "join or leave groups as you", yes: "Go on", no: "Don't"},
	effect.ActGroupRun:    {wants: "change who is in a group, or its rules", may: "run groups for you", yes: "Change it", no: "Leave it"},
	effect.ActGroupPost:   {wants: "let a post into a group", may: "let posts into groups", yes: "Let it in", no: "Keep it out"},
	effect.ActOffer:       {wants: "put up your offer{title}", may: "put up offers for you", yes: "Offer it", no: "Don't offer"},
	effect.ActBid:         {wants: "bid {amount} as you", may: "bid for you", yes: "Bid", no: "Don't bid"},
	effect.ActLive:        {wants: "go live as you", may: "go live as you", yes: "Go live", no: "Don't go live"},
	effect.ActCalendar:    {wants: "add to your public calendar", may: "add to your public calendar", yes: "Add it", no: "Don't add"},
	effect.ActStatus:      {wants: "set your status", may: "set your status", yes: "Set it", no: "Don't set"},
	effect.ActRecommend:   {wants: "recommend an app as you", may: "recommend apps as you", yes: "Recommend it", no: "Don't"},
	effect.ActAnnounce:    {wants: "announce an app as you", may: "announce apps as you", yes: "Announce it", no: "Don't"},
	effect.ActCode:        {wants: "publish code as you", may: "publish code as you", yes: "Publish it", no: "Don't publish"},
	effect.ActWebsite:     {wants: "publish a website as you", may: "publish websites as you", yes: "Publish it", no: "Don't publish"},
	effect.ActUnknown:     {wants: "save something we don't know (number {kind})", may: "save things we don't know", yes: "Save it", no: "Don't save"},
}

// reasonLines say what raised a level, the most telling first.
var reasonLines = []struct{ code, text string }{
	{effect.ReasonSecret, "The text holds a secret that opens an account or a wallet."},
	{effect.ReasonEmpties, "Nothing would be left of it."},
	{effect.ReasonErases, "This erases \"{text}\"."},
	{effect.ReasonWallet, "Tips would go to \"{text}\"."},
	{effect.ReasonRemoves, "This takes away {n} of them."},
	{effect.ReasonHidden, "The private part of it would go."},
	{effect.ReasonGutted, "Most of the old text would go."},
	{effect.ReasonCore, "Your profile or your lists would go."},
	{effect.ReasonSite, "That is a different site: the app is from {host}."},
	{effect.ReasonClock, "The date on it is off by {span}."},
	{effect.ReasonUnchecked, "We don't have your old one, so we can't tell what would be lost."},
	{effect.ReasonAllOlder, "All older versions go too."},
	{effect.ReasonIllegal, "It says that this is against the law."},
	{effect.ReasonMentions, "It names {n} people."},
	{effect.ReasonManyGet, "It lists {n}, which is a lot."},
	{effect.ReasonLeak, "Others can see who you write to."},
	{effect.ReasonUnseen, "We can't see what is inside."},
	{effect.ReasonForeign, "This place is not on your list."},
	{effect.ReasonNoBody, "We can't see what is sent."},
	{effect.ReasonNoFile, "It does not say which file."},
	{effect.ReasonAnyHost, "It is good at any file host."},
	{effect.ReasonLong, "It could use this for more than a day."},
	{effect.ReasonTagsSeal, "It says more in the open than it should."},
	{effect.ReasonTags, "It holds a lot that we can't show."},
	{effect.ReasonReplaces, "It takes the place of the old one."},
	{effect.ReasonPrivate, "Part of it is private and not shown."},
	{effect.ReasonNotKept, "It is not kept for long."},
	{effect.ReasonNew, "You added this app less than a day ago."},
}

// blockedLines say why something is refused whatever was granted.
var blockedLines = map[string]string{
	effect.ReasonInvalid:  "The request makes no sense. The app has to fix it.",
	effect.ReasonOwn:      "It would write to this key app itself. Apps never need this.",
	effect.ReasonSecret:   "The text holds a secret that opens an account or a wallet.",
	effect.ReasonFuture:   "It is dated too far ahead. Check the clock and try again.",
	effect.ReasonClock:    "The clocks do not agree. Check yours and try again.",
	effect.ReasonSigner:   "Apps never need this.",
	effect.ReasonVanish:   "Apps never need this.",
	effect.ReasonLogin:    "The login is not safe as it was made. The app has to fix it.",
	effect.ReasonWalletNo: "We can't read this wallet order, so we can't tell what it costs.",
}
