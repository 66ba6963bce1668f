package nip46

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// units are the spans of a permission's limits, longest first. Weeks are read
// but not written: 30d is clearer than 4w2d.
var units = []struct {
	name byte
	span time.Duration
}{
	{'w', 7 * 24 * time.Hour},
	{'d', 24 * time.Hour},
	{'h', time.Hour},
	{'m', time.Minute},
	{'s', time.Second},
}

var (
	errBudget = errors.New("a budget looks like #20/h: a number from 1 to 1000000 and s, m, h or d")
	errEnd    = errors.New("an end looks like ~30d: a number from 1 and s, m, h, d or w, 3650 days at most")
)

// parseLimits reads #budget and ~end in either order, each at most once.
func (p *Permission) parseLimits(s string) error {
	for s != "" {
		mark := s[0]
		var limit string
		limit, s = cutAny(s[1:], "#~")
		switch mark {
		case '#':
			n, per, _ := strings.Cut(limit, "/")
			count, ok := parseCount(n, maxBudget)
			if per != "" && (per[0] < '0' || per[0] > '9') {
				per = "1" + per
			}
			span, known := parseSpan(per)
			if !ok || !known || strings.HasSuffix(per, "w") {
				return errBudget
			}
			if p.Budget != (Budget{}) {
				return errors.New("one budget is enough")
			}
			p.Budget = Budget{N: count, Per: span}
		default:
			span, ok := parseSpan(limit)
			if !ok {
				return errEnd
			}
			if p.For != 0 {
				return errors.New("one end is enough")
			}
			p.For = span
		}
	}
	return nil
}

// parseCount reads a plain number from 1 to most.
func parseCount(s string, most int) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 1 && n <= most && strconv.Itoa(n) == s
}

// parseSpan reads a number and a unit.
func parseSpan(s string) (time.Duration, bool) {
	if s == "" {
		return 0, false
	}
	last := len(s) - 1
	for _, u := range units {
		if s[last] == u.name {
			n, ok := parseCount(s[:last], int(maxSpan/u.span))
			return time.Duration(n) * u.span, ok
		}
	}
	return 0, false
}

// formatSpan writes a span in the longest unit up to days that divides it.
// What is less than a second cannot be said and is rounded down.
func formatSpan(d time.Duration) string {
	for _, u := range units[1:] {
		if d%u.span == 0 {
			return strconv.FormatInt(int64(d/u.span), 10) + string(u.name)
		}
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + "s"
}

// formatWindow writes a budget's window: h for an hour, 2h for two.
func formatWindow(d time.Duration) string {
	s := formatSpan(d)
	if len(s) == 2 && s[0] == '1' {
		return s[1:]
	}
	return s
}
