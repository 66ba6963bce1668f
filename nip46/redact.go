package nip46

import "log/slog"

// LogValue keeps the secret out of logs.
func (b BunkerURI) LogValue() slog.Value {
	return slog.GroupValue(slog.String("signer", b.Signer.String()), slog.Any("relays", b.Relays))
}

// LogValue keeps the secret, and what the client says of itself, out of logs.
func (c ConnectURI) LogValue() slog.Value {
	return slog.GroupValue(slog.String("client", c.Client.String()), slog.Any("relays", c.Relays))
}

// LogValue keeps the secret, and what the client says of itself, out of logs.
func (p ConnectParams) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("secret", p.Secret != ""), slog.Bool("perms", p.Perms != ""))
}

// LogValue keeps the parameters out of logs: they are content.
func (r Request) LogValue() slog.Value {
	return slog.GroupValue(slog.String("method", string(r.Method)), slog.Int("params", len(r.Params)))
}

// LogValue keeps the result out of logs: it may be a message that was opened.
func (r Response) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("error", r.Error != ""), slog.Bool("auth_url", r.AuthURL != ""))
}
