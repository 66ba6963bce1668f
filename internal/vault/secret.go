package vault

import (
	"fmt"
	"io"
	"log/slog"
)

const redaction = "[secret]"

// Secret is a passphrase, a key or key material in the hands of a caller. It
// never prints itself.
type Secret []byte

// Wipe overwrites the secret.
func (s Secret) Wipe() { clear(s) }

// String answers a fixed text.
func (Secret) String() string { return redaction }

// GoString answers a fixed text.
func (Secret) GoString() string { return redaction }

// Format answers every verb with a fixed text.
func (Secret) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redaction) }

// MarshalText answers encodings with a fixed text.
func (Secret) MarshalText() ([]byte, error) { return []byte(redaction), nil }

// MarshalJSON answers JSON with a fixed text.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redaction + `"`), nil }

// LogValue answers slog with a fixed text.
func (Secret) LogValue() slog.Value { return slog.StringValue(redaction) }

// redacted, embedded, keeps what a type holds out of logs and errors.
type redacted struct{}

// String answers a fixed text.
func (redacted) String() string { return redaction }

// Format answers every verb with a fixed text.
func (redacted) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redaction) }

// MarshalText answers JSON and other encodings with a fixed text.
func (redacted) MarshalText() ([]byte, error) { return []byte(redaction), nil }

// LogValue answers slog with a fixed text.
func (redacted) LogValue() slog.Value { return slog.StringValue(redaction) }
