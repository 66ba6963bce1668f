package webapp

// plan is what to do when a side lacks something that a page needs. docs/demo.md
// has the same table, held to this one by a test.
type plan struct{ Does, Needs, Else string }

// plans are by page.
var plans = map[string]plan{
	"board.html":  {"Post, react", "A signer that signs notes.", "You can read without signing in. If your signer cannot do it, or is away, what you typed stays in the box, also when you load the page anew: try again later, or sign in with another signer."},
	"notes.html":  {"Keep a private note", "A signer that seals and opens texts.", "Without it the note is not sent at all, and stays in the box. Copy it to where you keep such things, or sign in with a signer that can seal."},
	"wallet.html": {"Connect a wallet", "A signer that seals texts, and a wallet that gives out a connection.", "Without a wallet, or a signer that seals, tips are paid by hand: each bill can be copied into any wallet. A signer that never opens a wallet's connection for an app (Privy Seal is one) is not asked twice: the tab keeps it for the visit, and the next visit asks for it again. A wallet that tells no budget shows its balance."},
	"bill.html":   {"Tip somebody", "An address for tips in their profile, and a wallet of yours.", "Who has no such address has no tip button. Without a connected wallet, copy the bill and pay it anywhere; this page says when it is paid."},
	"poll.html":   {"Vote", "A signer that signs votes.", "If yours does not know votes, it says so and nothing is sent. Answer under the poll's post on the board in words; it is not counted."},
	"you.html":    {"Profile, its check, and badges", "A signer that signs profiles.", "Without one you go by a made-up neighbour's name, and everything else works. A domain that cannot be reached is said to be unchecked, not wrong. A badge that you do not show stays yours."},
	"door.html":   {"Enter a place", "A signer within reach, or a pass got before.", "Without signer or internet at the door, show a pass: it works once. With neither, give the name on your profile to who keeps the door."},
	"carry.html":  {"Take your things along", "A signer that signs lists.", "What was never saved cannot be found by another app: it then starts empty and changes nothing. Save it here first, or type it in there."},
	"desk.html":   {"Find your things again", "Places, follows and settings that were saved before.", "What is not found is said to be missing, never shown as empty lists of yours. Look again later, or save it at the board first."},
}
