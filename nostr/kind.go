package nostr

// IsRegular reports whether relays are expected to keep every event of the kind
// (NIP-01). A kind outside all four ranges of NIP-01 is none of the four.
func (k Kind) IsRegular() bool {
	return k == 1 || k == 2 || 4 <= k && k < 45 || 1000 <= k && k < 10000
}

// IsReplaceable reports whether only the latest event by an author counts (NIP-01).
func (k Kind) IsReplaceable() bool { return k == 0 || k == 3 || 10000 <= k && k < 20000 }

// IsEphemeral reports whether relays are not expected to keep the event (NIP-01).
func (k Kind) IsEphemeral() bool { return 20000 <= k && k < 30000 }

// IsAddressable reports whether only the latest event by an author and d tag
// counts (NIP-01).
func (k Kind) IsAddressable() bool { return 30000 <= k && k < 40000 }
