package schnorr

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted, embedded in a keypair, keeps the secret out of logs and errors.
type redacted struct{}

const redaction = "[secret key]"

// Format answers every verb with a fixed text.
func (redacted) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redaction) }

// LogValue answers slog with a fixed text.
func (redacted) LogValue() slog.Value { return slog.StringValue(redaction) }

// MarshalText answers JSON and other encodings with a fixed text.
func (redacted) MarshalText() ([]byte, error) { return []byte(redaction), nil }
