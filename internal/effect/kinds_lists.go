package effect

import "github.com/privyseal/privyseal"

// Lists and sets of one's own (NIP-51 and its like).
var listKinds = []KindRule{
	{3, 3, ActFollows, privyseal.L1, Everyone, (*weigher).follows},
	{10000, 10000, ActMute, privyseal.L1, Everyone, (*weigher).mute},
	{10001, 10001, ActPins, privyseal.L1, Everyone, (*weigher).list},
	{10003, 10003, ActBookmarks, privyseal.L1, Everyone, (*weigher).list},
	{10004, 10004, ActCommunities, privyseal.L1, Everyone, (*weigher).list},
	{10005, 10005, ActChatRooms, privyseal.L1, Everyone, (*weigher).list},
	{10008, 10008, ActShowBadges, privyseal.L1, Everyone, (*weigher).list},
	{10009, 10009, ActGroups, privyseal.L1, Everyone, (*weigher).list},
	{10015, 10015, ActInterests, privyseal.L1, Everyone, (*weigher).list},
	{10020, 10020, ActMediaFollows, privyseal.L1, Everyone, (*weigher).list},
	{10030, 10030, ActEmojis, privyseal.L1, Everyone, (*weigher).list},
	{10054, 10054, ActPodcasts, privyseal.L1, Everyone, (*weigher).list},
	{10064, 10064, ActOwnPodcasts, privyseal.L1, Everyone, (*weigher).list},
	{30000, 30000, ActPeopleSet, privyseal.L1, Everyone, (*weigher).list},
	{30002, 30002, ActPlaceSet, privyseal.L1, Everyone, (*weigher).list},
	{30003, 30003, ActBookmarkSet, privyseal.L1, Everyone, (*weigher).list},
	{30004, 30004, ActCuration, privyseal.L1, Everyone, (*weigher).list},
	{30005, 30005, ActVideoSet, privyseal.L1, Everyone, (*weigher).list},
	{30006, 30006, ActPictureSet, privyseal.L1, Everyone, (*weigher).list},
	{30007, 30007, ActMuteSet, privyseal.L1, Everyone, (*weigher).mute},
	{30008, 30008, ActBadgeSet, privyseal.L1, Everyone, (*weigher).list},
	{30015, 30015, ActInterestSet, privyseal.L1, Everyone, (*weigher).list},
	{30030, 30030, ActEmojiSet, privyseal.L1, Everyone, (*weigher).list},
	{30267, 30267, ActAppSet, privyseal.L1, Everyone, (*weigher).list},
	{39089, 39089, ActStarterPack, privyseal.L1, Everyone, (*weigher).list},
	{39092, 39092, ActMediaPack, privyseal.L1, Everyone, (*weigher).list},
	{39701, 39701, ActWebBookmark, privyseal.L1, Everyone, (*weigher).article},
}

// Where things are kept, sent and looked for.
var placeKinds = []KindRule{
	{10002, 10002, ActPlaces, privyseal.L2, Everyone, (*weigher).places},
	{10006, 10006, ActBlockedPlaces, privyseal.L1, Everyone, (*weigher).list},
	{10007, 10007, ActSearchPlaces, privyseal.L1, Everyone, (*weigher).list},
	{10012, 10012, ActFavoritePlaces, privyseal.L1, Everyone, (*weigher).list},
	{10013, 10013, ActDraftPlaces, privyseal.L2, Everyone, (*weigher).list},
	{10050, 10050, ActInbox, privyseal.L3, Everyone, (*weigher).places},
	{10051, 10051, ActGroupInbox, privyseal.L3, Everyone, (*weigher).places},
	{10063, 10063, ActFileHosts, privyseal.L2, Everyone, (*weigher).places},
	{10096, 10096, ActOldFileHosts, privyseal.L2, Everyone, (*weigher).places},
	{10166, 10166, ActPlaceWatch, privyseal.L2, Everyone, nil},
	{30166, 30166, ActPlaceReport, privyseal.L2, Everyone, (*weigher).named},
}
