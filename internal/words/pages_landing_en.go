package words

// englishLanding are the texts of the page where an app sends its person.
var englishLanding = map[string]string{
	"login-first":    "An app sent you here. Log in first, then you see what it wants.",
	"checked-from":   "We checked that it comes from {host}.",
	"check-code":     "If the app shows a number, it must be this one:",
	"check-other":    "Another number? Then stop: somebody else may have sent you here.",
	"as-name":        "You connect it as {name}.",
	"may-choose":     "See all of it, or choose something else",
	"short-ask":      "It sees who you are. It must ask you for all else.",
	"short-sign-in":  "It sees who you are, and logs you in.",
	"short-social":   "It sees who you are, and logs you in. It posts and reacts for you.",
	"short-messages": "It sees who you are, and logs you in. It posts for you, and reads and writes your chats.",
	"short-trusted":  "It sees who you are. It does nearly all for you, but nothing serious.",
	"never-do":       "What it can never do",
	"never-key":      "See your key. It stays here.",
	"never-pay":      "Pay from your wallet without asking you.",
	"never-more":     "Give itself more rights.",
	"back-elsewhere": "Take care: it wants to send you to {host}, and that is another site.",
	"back-refused":   "It also wants to open what is no safe page. We leave that out.",
	"deaf-app":       "It waits at a place that we may not reach. Then it will not hear your yes.",
	"no-one-yet":     "There is nobody here yet to log in as.",
	"unreached":      "We can't reach the app yet",
	"unreached-why":  "You said yes, but the app has not heard it. We keep trying for two minutes.",
	"unreached-then": "Does it go on waiting? Then ask for a new link there.",
	"try-again":      "Try again",
}
