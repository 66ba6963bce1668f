package errand

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/link"
)

// deliver sends one notice by HTTP. It follows nothing, and reads no answer but
// its number.
func (r *Runner) deliver(ctx context.Context, m *control.Deliver) *control.Delivered {
	out := &control.Delivered{Ref: m.Ref}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.To.URL, bytes.NewReader(m.Body))
	if err != nil {
		out.Reason = "its address is not allowed"
		return out
	}
	for name, value := range m.Headers {
		req.Header.Set(name, value)
	}
	req.Header.Set("User-Agent", "privyseal")
	d := r.o.Dialer
	if d == nil {
		d = new(link.Dialer)
	}
	res, err := d.Client(m.To.Typed).Do(req)
	if err != nil { // names the address: not to be logged
		out.Reason = why(ctx, err)
		return out
	}
	_, _ = io.CopyN(io.Discard, res.Body, 4<<10)
	_ = res.Body.Close()
	out.Status = res.StatusCode
	return out
}
