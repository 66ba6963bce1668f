package control

import "time"

// Bounds of a [Deliver].
const (
	MaxDeliverURL     = 2 << 10
	MaxDeliverBody    = 8 << 10
	MaxDeliverHeaders = 12
)

// Deliver is an errand, keeper to front: send this by HTTP POST. What is private
// in it is sealed already.
type Deliver struct {
	Ref     uint64            `json:"ref"`
	To      Place             `json:"to"`
	Headers map[string]string `json:"headers"`
	Body    []byte            `json:"body"`
}

// Delivered says what came of a [Deliver], front to keeper. Status is HTTP's; 0
// without an answer, and Reason is why.
type Delivered struct {
	Ref    uint64 `json:"ref"`
	Status int    `json:"status,omitempty"`
	Reason string `json:"reason,omitempty"`
}

func (*Deliver) frameType() byte   { return typeDeliver }
func (*Delivered) frameType() byte { return typeDelivered }

// The verbs about how people are told that a question waits.
const (
	VerbNotifyList    = "notify.list"    // none → Notices
	VerbNotifyAdd     = "notify.add"     // NoticeArgs → NoticeInfo
	VerbNotifyBrowser = "notify.browser" // NoticeBrowser → NoticeInfo: in the console only, for oneself
	VerbNotifyRemove  = "notify.remove"  // NoticeName → Notices
	VerbNotifyTry     = "notify.try"     // NoticeName → Notices
)

// Notices are the ways to tell people, in the order they are tried.
type Notices struct {
	Ways []NoticeInfo `json:"ways"`
	// Key is the public key that browsers are subscribed with; "" while locked.
	Key string `json:"key,omitempty"`
}

// NoticeInfo shows one. Fault is what was wrong with the last try.
type NoticeInfo struct {
	ID         string    `json:"id"`
	Kind       string    `json:"kind"` // browser, ntfy, message or command
	Where      string    `json:"where"`
	Person     string    `json:"person,omitempty"` // whose browser it is: their id
	PersonName string    `json:"person_name,omitempty"`
	Label      string    `json:"label,omitempty"`
	Added      time.Time `json:"added_at,omitzero"`
	Told       time.Time `json:"told_at,omitzero"`
	Fault      string    `json:"fault,omitempty"`
	FaultAt    time.Time `json:"fault_at,omitzero"`
}

// NoticeArgs adds an ntfy topic (URL, and Token where it wants one), or a private
// message to a key (To, read on Relays).
type NoticeArgs struct {
	URL    string   `json:"url,omitempty"`
	Token  []byte   `json:"token,omitempty"`
	To     string   `json:"to,omitempty"`
	Relays []string `json:"relays,omitempty"`
}

// NoticeBrowser adds the browser of whoever asks: what its push manager said, and
// the key that it was asked with.
type NoticeBrowser struct {
	Endpoint string `json:"endpoint"`
	P256dh   []byte `json:"p256dh"`
	Auth     []byte `json:"auth"`
	Key      string `json:"key"`
	Label    string `json:"label"`
}

// NoticeName names a way; Person is whose it must be, "" for anybody's. For a
// try no ID means all of them.
type NoticeName struct {
	ID     string `json:"id,omitempty"`
	Person string `json:"person,omitempty"`
}
