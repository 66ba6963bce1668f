package effect

import "github.com/privyseal/privyseal"

// Proving who one is, and speaking as the signer.
var loginKinds = []KindRule{
	{kindRelayLogin, kindRelayLogin, ActRelayLogin, privyseal.L0, Place, (*weigher).relayLogin},
	{24133, 24133, ActAsSigner, privyseal.L4, OnePerson, blocked(ReasonSigner)},
	{kindFile, kindFile, ActFileUpload, privyseal.L1, Place, (*weigher).file},
	{kindWebLogin, kindWebLogin, ActWebLogin, privyseal.L2, Place, (*weigher).webLogin},
}

// Chat rooms, live rooms, and calendars.
var roomKinds = []KindRule{
	{9, 9, ActChat, privyseal.L1, Everyone, (*weigher).note},
	{40, 40, ActRoomOpen, privyseal.L2, Everyone, (*weigher).goods},
	{41, 41, ActRoomEdit, privyseal.L2, Everyone, (*weigher).goods},
	{42, 42, ActRoomChat, privyseal.L1, Everyone, (*weigher).note},
	{43, 43, ActRoomHide, privyseal.L1, Everyone, nil},
	{44, 44, ActRoomMute, privyseal.L1, Everyone, (*weigher).about},
	{1311, 1311, ActLiveChat, privyseal.L1, Everyone, (*weigher).note},
	{10312, 10312, ActRoomPresence, privyseal.L1, Everyone, nil},
	{30311, 30311, ActLive, privyseal.L1, Everyone, (*weigher).named},
	{30312, 30312, ActLiveRoom, privyseal.L1, Everyone, (*weigher).named},
	{30313, 30313, ActMeeting, privyseal.L1, Everyone, (*weigher).named},
	{31922, 31922, ActDateDay, privyseal.L1, Everyone, (*weigher).article},
	{31923, 31923, ActDateTime, privyseal.L1, Everyone, (*weigher).article},
	{31924, 31924, ActCalendar, privyseal.L1, Everyone, (*weigher).list},
	{31925, 31925, ActAttend, privyseal.L1, Everyone, (*weigher).named},
}

// Groups (NIP-29), communities (NIP-72) and services with members (NIP-43).
var groupKinds = []KindRule{
	{4550, 4550, ActGroupPost, privyseal.L1, Everyone, (*weigher).about},
	{8000, 8000, ActVenueAdd, privyseal.L3, Everyone, (*weigher).about},
	{8001, 8001, ActVenueRemove, privyseal.L3, Everyone, (*weigher).about},
	{9000, 9000, ActGroupAdd, privyseal.L3, Group, (*weigher).group},
	{9001, 9001, ActGroupRemove, privyseal.L3, Group, (*weigher).group},
	{9002, 9002, ActGroupEdit, privyseal.L3, Group, (*weigher).group},
	{9003, 9004, ActGroupRun, privyseal.L3, Group, (*weigher).group},
	{9005, 9005, ActGroupDeletePost, privyseal.L3, Group, (*weigher).group},
	{9006, 9006, ActGroupRun, privyseal.L3, Group, (*weigher).group},
	{9007, 9007, ActGroupCreate, privyseal.L3, Group, (*weigher).group},
	{9008, 9008, ActGroupDelete, privyseal.L3, Group, (*weigher).group},
	{9009, 9009, ActGroupInvite, privyseal.L3, Group, (*weigher).group},
	{9010, 9020, ActGroupRun, privyseal.L3, Group, (*weigher).group},
	{9021, 9021, ActGroupJoin, privyseal.L1, Group, (*weigher).group},
	{9022, 9022, ActGroupLeave, privyseal.L1, Group, (*weigher).group},
	{9023, 9030, ActGroupRun, privyseal.L3, Group, (*weigher).group},
	{13534, 13534, ActVenueMembers, privyseal.L3, Everyone, nil},
	{28934, 28934, ActVenueJoin, privyseal.L2, Place, nil},
	{28935, 28935, ActVenueInvite, privyseal.L2, Place, nil},
	{28936, 28936, ActVenueLeave, privyseal.L2, Place, nil},
	{34550, 34550, ActCommunity, privyseal.L2, Everyone, (*weigher).named},
	{39000, 39009, ActGroupHost, privyseal.L3, Everyone, (*weigher).named},
}
