package transport

import (
	"errors"
	"net/url"

	"github.com/privyseal/privyseal/internal/link"
)

// The sentences a person reads about a relay.

func host(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return "the relay"
	}
	return u.Host
}

const notAnAddress = "That is not a relay's address. Such an address begins with wss://."

func down(raw string, lost bool) string {
	if lost {
		return "We lost the connection to " + host(raw) + ". We connect again."
	}
	return "We could not reach " + host(raw) + ". We keep trying."
}

func refusal(raw string, err error) string {
	if errors.Is(err, link.ErrAddress) {
		return "We do not connect to " + host(raw) + ": it is not a public address, or not a secure one. Type it in yourself if it is yours."
	}
	return host(raw) + " turned us away. We keep trying."
}
