package effect

import "github.com/privyseal/privyseal"

// Apps, code, websites, services, and verdicts of machines.
var codeKinds = []KindRule{
	{1337, 1337, ActSnippet, privyseal.L1, Everyone, (*weigher).post},
	{1617, 1617, ActPatch, privyseal.L2, Everyone, (*weigher).post},
	{1618, 1618, ActPullRequest, privyseal.L2, Everyone, (*weigher).post},
	{1619, 1619, ActPullUpdate, privyseal.L2, Everyone, (*weigher).post},
	{1621, 1621, ActIssue, privyseal.L1, Everyone, (*weigher).post},
	{1622, 1622, ActCodeReply, privyseal.L1, Everyone, (*weigher).note},
	{1630, 1630, ActCodeOpen, privyseal.L2, Everyone, nil},
	{1631, 1631, ActCodeMerged, privyseal.L2, Everyone, nil},
	{1632, 1632, ActCodeClosed, privyseal.L2, Everyone, nil},
	{1633, 1633, ActCodeDraft, privyseal.L2, Everyone, nil},
	{1971, 1971, ActProblem, privyseal.L1, Everyone, (*weigher).post},
	{5000, 5127, ActJobAsk, privyseal.L2, Everyone, nil},
	{5128, 5128, ActWebsiteCopy, privyseal.L2, Everyone, nil},
	{5129, 5999, ActJobAsk, privyseal.L2, Everyone, nil},
	{6000, 6999, ActJobDone, privyseal.L2, Everyone, nil},
	{7000, 7000, ActJobNews, privyseal.L2, Everyone, nil},
	{15128, 15128, ActWebsite, privyseal.L2, Everyone, nil},
	{30063, 30063, ActAppRelease, privyseal.L2, Everyone, (*weigher).named},
	{30382, 30382, ActTrustPerson, privyseal.L2, Everyone, nil},
	{30383, 30383, ActTrustPost, privyseal.L2, Everyone, nil},
	{30384, 30384, ActTrustThing, privyseal.L2, Everyone, nil},
	{30617, 30617, ActRepo, privyseal.L2, Everyone, (*weigher).named},
	{30618, 30618, ActRepoState, privyseal.L2, Everyone, (*weigher).named},
	{31989, 31989, ActRecommend, privyseal.L2, Everyone, nil},
	{31990, 31990, ActAnnounce, privyseal.L2, Everyone, nil},
	{32267, 32267, ActAppPage, privyseal.L2, Everyone, (*weigher).named},
	{34128, 34128, ActWebsiteFile, privyseal.L2, Everyone, (*weigher).named},
	{35128, 35128, ActWebsiteNamed, privyseal.L2, Everyone, (*weigher).named},
}
