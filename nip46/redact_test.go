package nip46

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestLogsTellNothing(t *testing.T) {
	const canary = "canary"
	var out bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		log := slog.New(h)
		for _, v := range []any{
			BunkerURI{Secret: canary}, &BunkerURI{Secret: canary},
			ConnectURI{Secret: canary, Perms: canary, Callback: canary}, &ConnectURI{Secret: canary},
			ConnectParams{Signer: canary, Secret: canary, Perms: canary}, &ConnectParams{Secret: canary},
			Request{ID: canary, Method: Ping, Params: []string{canary}}, &Request{Params: []string{canary}},
			Response{Result: canary, Error: canary, AuthURL: canary}, &Response{Result: canary},
		} {
			log.Info("value", "it", v)
		}
	}
	if n := strings.Count(out.String(), "msg"); n != 20 || strings.Contains(out.String(), canary) {
		t.Errorf("%d lines: %s", n, out.String())
	}
}
