package effect

import "github.com/privyseal/privyseal"

// What a person says, shows and takes back.
var postKinds = []KindRule{
	{0, 0, ActProfile, privyseal.L2, Everyone, (*weigher).profile},
	{1, 1, ActPost, privyseal.L1, Everyone, (*weigher).note},
	{5, 5, ActDelete, privyseal.L3, Everyone, (*weigher).deletion},
	{6, 6, ActRepost, privyseal.L1, Everyone, (*weigher).about},
	{7, 7, ActReact, privyseal.L1, Everyone, (*weigher).react},
	{11, 11, ActThread, privyseal.L1, Everyone, (*weigher).note},
	{16, 16, ActRepostOther, privyseal.L1, Everyone, (*weigher).about},
	{17, 17, ActReactSite, privyseal.L1, Everyone, (*weigher).react},
	{24, 24, ActPublicMessage, privyseal.L1, Everyone, (*weigher).publicMessage},
	{30, 30, ActCitePost, privyseal.L1, Everyone, (*weigher).post},
	{31, 31, ActCiteWeb, privyseal.L1, Everyone, (*weigher).post},
	{32, 32, ActCitePaper, privyseal.L1, Everyone, (*weigher).post},
	{33, 33, ActCitePrompt, privyseal.L1, Everyone, (*weigher).post},
	{62, 62, ActVanish, privyseal.L4, Everyone, (*weigher).vanish},
	{64, 64, ActChess, privyseal.L1, Everyone, (*weigher).post},
	{kindVote, kindVote, ActVote, privyseal.L2, Everyone, (*weigher).vote},
	{1040, 1040, ActTimestamp, privyseal.L1, Everyone, nil},
	{1068, 1068, ActPoll, privyseal.L1, Everyone, (*weigher).post},
	{1111, 1111, ActComment, privyseal.L1, Everyone, (*weigher).note},
	{1984, 1984, ActReport, privyseal.L2, Everyone, (*weigher).report},
	{1985, 1985, ActLabel, privyseal.L1, Everyone, (*weigher).post},
	{7516, 7516, ActCacheFound, privyseal.L1, Everyone, (*weigher).post},
	{7517, 7517, ActCacheProof, privyseal.L1, Everyone, (*weigher).post},
	{9802, 9802, ActHighlight, privyseal.L1, Everyone, (*weigher).post},
	{10011, 10011, ActIdentities, privyseal.L2, Everyone, (*weigher).list},
	{30315, 30315, ActStatus, privyseal.L1, Everyone, (*weigher).post},
	{37516, 37516, ActCache, privyseal.L1, Everyone, (*weigher).article},
	{37517, 37517, ActCacheList, privyseal.L1, Everyone, (*weigher).list},
}

// Pictures, sound and files.
var mediaKinds = []KindRule{
	{20, 20, ActPhoto, privyseal.L1, Everyone, (*weigher).media},
	{21, 21, ActVideo, privyseal.L1, Everyone, (*weigher).media},
	{22, 22, ActShortVideo, privyseal.L1, Everyone, (*weigher).media},
	{54, 54, ActEpisode, privyseal.L1, Everyone, (*weigher).media},
	{1063, 1063, ActFilePost, privyseal.L1, Everyone, (*weigher).media},
	{1222, 1222, ActVoice, privyseal.L1, Everyone, (*weigher).media},
	{1244, 1244, ActVoiceReply, privyseal.L1, Everyone, (*weigher).media},
	{2003, 2003, ActTorrent, privyseal.L2, Everyone, (*weigher).post},
	{2004, 2004, ActTorrentComment, privyseal.L1, Everyone, (*weigher).post},
	{10154, 10154, ActPodcast, privyseal.L2, Everyone, (*weigher).article},
	{34235, 34235, ActVideoPage, privyseal.L1, Everyone, (*weigher).mediaPage},
	{34236, 34236, ActShortVideoPage, privyseal.L1, Everyone, (*weigher).mediaPage},
}

// Private messages, and what would give them away.
var messageKinds = []KindRule{
	{4, 4, ActOldMessage, privyseal.L2, OnePerson, (*weigher).oldMessage},
	{13, 13, ActMessage, privyseal.L2, OnePerson, (*weigher).sealed},
	{14, 14, ActBareMessage, privyseal.L3, Everyone, (*weigher).bare},
	{15, 15, ActBareFile, privyseal.L3, Everyone, (*weigher).bare},
	{443, 443, ActKeyPackage, privyseal.L3, Everyone, nil},
	{444, 444, ActGroupWelcome, privyseal.L3, Everyone, nil},
	{445, 445, ActGroupSealed, privyseal.L3, Everyone, nil},
	{1059, 1059, ActWrap, privyseal.L3, Everyone, nil},
}

// Articles, books, drafts, and what apps keep for themselves.
var writingKinds = []KindRule{
	{78, 78, ActAppNote, privyseal.L1, Everyone, (*weigher).post},
	{818, 818, ActWikiMerge, privyseal.L1, Everyone, (*weigher).post},
	{1234, 1234, ActDraftStep, privyseal.L1, You, nil},
	{1987, 1987, ActVectors, privyseal.L1, Everyone, nil},
	{30023, 30023, ActArticle, privyseal.L1, Everyone, (*weigher).article},
	{30024, 30024, ActArticleDraft, privyseal.L1, Everyone, (*weigher).article},
	{30040, 30040, ActBook, privyseal.L1, Everyone, (*weigher).article},
	{30041, 30041, ActChapter, privyseal.L1, Everyone, (*weigher).article},
	{30078, 30078, ActAppData, privyseal.L1, Everyone, (*weigher).appData},
	{30818, 30818, ActWiki, privyseal.L1, Everyone, (*weigher).article},
	{30819, 30819, ActWikiMove, privyseal.L1, Everyone, (*weigher).article},
	{31234, 31234, ActDraft, privyseal.L1, You, (*weigher).article},
}
