package effect

import "time"

const (
	clockSlack  = 10 * time.Minute
	clockFuture = 15 * time.Minute // ahead, on what replaces an older version
	loginSlack  = time.Minute
)

// skew is how far ahead of now the template is stamped; beyond a year, either
// way, it is a year, so that no stamp overflows.
func (w *weigher) skew() time.Duration {
	const year = 366 * 24 * 3600
	now := w.f.Now.Unix()
	return time.Duration(max(now-year, min(w.t.CreatedAt, now+year))-now) * time.Second
}

// clock is design decision 5: up to ten minutes off passes, more is asked, and
// far ahead on a replaceable kind, where it would win for long (T25), is refused.
func (w *weigher) clock() {
	d := w.skew()
	if d > clockFuture && replaceable(w.t.Kind) {
		w.block(ReasonFuture)
	}
	if d.Abs() > clockSlack {
		w.raise(Reason{Code: ReasonClock, N: int64(d / time.Second)})
		if w.e.Guard == "" {
			w.e.Guard = ReasonClock
		}
	}
}
