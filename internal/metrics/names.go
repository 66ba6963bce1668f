package metrics

import "github.com/privyseal/privyseal/internal/control"

// The figures. Times are Unix seconds, lengths of time seconds.
var (
	up           = desc("up", "1 while the keeper answers.")
	info         = desc("info", "Always 1; the version is the label.", "version")
	started      = desc("start_time_seconds", "When the signer started.")
	locked       = desc("vault_locked", "1 while the vault is locked: no app gets a signature.")
	hasVault     = desc("vault_made", "1 once there is a vault.")
	olderCopy    = desc("older_copy", "1 while the data is an older copy that nobody has accepted.")
	epoch        = desc("epoch", "Counts restores and accepted older copies.")
	identities   = desc("identities", "Identities in the vault.")
	apps         = desc("apps", "Apps that are connected or paused.")
	questions    = desc("questions_open", "Questions that wait for a person.")
	waiting      = desc("requests_waiting_unlock", "Requests met by the locked vault.")
	storeHealthy = desc("store_healthy", "0 while nothing can be written, and so nothing is signed.")
	records      = desc("records", "Entries in the record of activity.")
	recordAge    = desc("record_age_seconds", "Age of the last entry.")
	requests     = desc("requests_total", "Requests answered, by outcome.", "outcome")
	events       = desc("events_total", "What else the keeper counts, by name.", "event")
	answered     = desc("answer_seconds", "How long answers took, people's time included.")

	relayState  = desc("relay_state", "1 for the state that a relay connection is in.", "relay", "state")
	relayDeaf   = desc("relay_deaf", "1 while a relay, connected or not, brings no request back.", "relay")
	relayGood   = desc("relay_good", "1 while a relay brings requests back.", "relay")
	relayKeys   = desc("relay_keys", "Keys to listen for on a relay.", "relay")
	relayLive   = desc("relay_live_keys", "Keys whose subscription is live on a relay.", "relay")
	relayMisses = desc("relay_misses", "Requests to ourselves in a row that did not come back.", "relay")
	relayTrip   = desc("relay_round_trip_seconds", "Way of the last request that came back.", "relay")
	relayHeard  = desc("relay_heard_seconds", "When the last request came back.", "relay")

	sinkSet       = desc("sink_set", "1 while the record is to be confirmed outside.")
	sinkFailing   = desc("sink_failing", "1 while the sink is too far behind and nothing is signed.")
	sinkFault     = desc("sink_fault", "1 while the last try to confirm the record failed.")
	sinkBehind    = desc("sink_behind_records", "Entries that the sink lacks.")
	sinkConfirmed = desc("sink_confirmed_seconds", "When the sink last confirmed.")

	ownAccepted      = desc("own_relay_accepted_total", "Events that the own relay took.")
	ownRefused       = desc("own_relay_refused_total", "Events and subscriptions that it refused, by the prefix of the reason.", "reason")
	ownDelivered     = desc("own_relay_delivered_total", "Events it gave to subscriptions.")
	ownKept          = desc("own_relay_kept_total", "Events it put in the mailbox.")
	ownReplayed      = desc("own_relay_replayed_total", "Events it gave from the mailbox.")
	ownSlow          = desc("own_relay_slow_total", "Connections it cut off because they did not read.")
	ownTook          = desc("own_relay_event_seconds_total", "Time from events' arrival to their verdict.")
	ownConnections   = desc("own_relay_connections", "Open connections.")
	ownSubscriptions = desc("own_relay_subscriptions", "Open subscriptions.")
	ownMail          = desc("own_relay_mailbox_events", "Events in the mailbox.")
	ownMailBytes     = desc("own_relay_mailbox_bytes", "Bytes in the mailbox.")
)

// states are those a relay connection can be in.
var states = []control.RelayState{control.RelayConnecting, control.RelayUp, control.RelayDown, control.RelayRefused}

// outcomes of a request.
var outcomes = []string{"allowed", "refused", "failed", "expired"}

// named are the keeper's counters that are there from the start, so that rates
// begin at zero and a rule never waits for a first event.
var named = []string{
	"answers_refused_by_relay", "apps_deaf", "clock_jumps", "events_copied", "events_forged",
	"events_malformed", "events_not_ours", "events_undecryptable", "events_while_locked",
	"messages_ignored", "messages_malformed", "methods_unsupported",
	"pairings", "pairings_refused", "pairings_wrong_secret", "powers_tampered", "relays_deaf",
	"requests_abandoned", "requests_asked", "requests_inactive", "requests_invalid",
	"requests_locked", "requests_repeated", "requests_shared", "requests_stale",
	"requests_unrecordable", "sink_stops", "strangers_dropped", "strangers_heard",
}
