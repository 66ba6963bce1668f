package effect

import "github.com/privyseal/privyseal"

// Tips, wallets and ecash.
var moneyKinds = []KindRule{
	{2022, 2022, ActCoinMix, privyseal.L3, Everyone, nil},
	{7374, 7374, ActEcashQuote, privyseal.L3, You, (*weigher).ownData},
	{7375, 7375, ActEcashTokens, privyseal.L3, You, (*weigher).ownData},
	{7376, 7376, ActEcashHistory, privyseal.L3, You, (*weigher).ownData},
	{9041, 9041, ActTipGoal, privyseal.L2, Everyone, (*weigher).goal},
	{9321, 9321, ActEcashSend, privyseal.L3, Everyone, (*weigher).ecashSend},
	{9734, 9734, ActTip, privyseal.L2, Place, (*weigher).tip},
	{9735, 9735, ActWalletTip, privyseal.L3, Everyone, (*weigher).walletSays},
	{10019, 10019, ActEcashBanks, privyseal.L3, Everyone, (*weigher).banks},
	{13194, 13194, ActWalletInfo, privyseal.L3, Everyone, (*weigher).walletSays},
	{17375, 17375, ActEcash, privyseal.L3, You, (*weigher).ownData},
	{23194, 23194, ActPay, privyseal.L3, Place, (*weigher).walletOrder},
	{23195, 23195, ActWalletAnswer, privyseal.L3, Place, (*weigher).walletSays},
	{38172, 38172, ActEcashBank, privyseal.L2, Everyone, (*weigher).named},
	{38173, 38173, ActCoinBank, privyseal.L2, Everyone, (*weigher).named},
	{38383, 38383, ActTrade, privyseal.L2, Everyone, (*weigher).named},
}

// Buying, selling, and badges.
var marketKinds = []KindRule{
	{8, 8, ActGiveBadge, privyseal.L2, Everyone, (*weigher).giveBadge},
	{1021, 1021, ActBid, privyseal.L2, Everyone, (*weigher).bid},
	{1022, 1022, ActBidAnswer, privyseal.L2, Everyone, (*weigher).post},
	{30009, 30009, ActMakeBadge, privyseal.L2, Everyone, (*weigher).named},
	{30017, 30017, ActStall, privyseal.L2, Everyone, (*weigher).goods},
	{30018, 30018, ActProduct, privyseal.L2, Everyone, (*weigher).goods},
	{30019, 30019, ActMarket, privyseal.L2, Everyone, (*weigher).goods},
	{30020, 30020, ActAuction, privyseal.L2, Everyone, (*weigher).goods},
	{30402, 30402, ActListing, privyseal.L2, Everyone, (*weigher).listing},
	{30403, 30403, ActListingDraft, privyseal.L1, Everyone, (*weigher).listing},
}
