package heads

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
)

// Bound is all that a version's row says, which its sealed event is bound to.
func Bound(v *privyseal.Version) string {
	return strings.Join([]string{
		v.Identity, hex.EncodeToString(v.Slot[:]), strconv.Itoa(int(v.Kind)), v.Event.String(), strconv.FormatInt(v.Stamp, 10),
		strconv.FormatBool(v.Signed), v.App, strconv.FormatInt(v.At.UnixMilli(), 10), hex.EncodeToString(v.Result[:]),
	}, "\x00")
}

// compare orders versions: the one that counts is the last. Relays keep the
// latest stamp and of two the lower id (NIP-01); of those signed here in the
// same second the later counts (T27).
func compare(a, b privyseal.Version) int {
	switch {
	case a.Stamp != b.Stamp:
		if a.Stamp < b.Stamp {
			return -1
		}
		return 1
	case a.Signed != b.Signed:
		if b.Signed {
			return -1
		}
		return 1
	case a.Signed && !a.At.Equal(b.At):
		return a.At.Compare(b.At)
	}
	return bytes.Compare(b.Event[:], a.Event[:])
}

// Order sorts versions, the one that counts last.
func Order(all []privyseal.Version) []privyseal.Version {
	all = slices.Clone(all)
	slices.SortStableFunc(all, compare)
	return all
}

// Current is the version that counts.
func Current(all []privyseal.Version) (privyseal.Version, bool) {
	if len(all) == 0 {
		return privyseal.Version{}, false
	}
	return slices.MaxFunc(all, compare), true
}

// Newer reports whether a version would count instead of all that are known.
func Newer(v *privyseal.Version, known []privyseal.Version) bool {
	now, ok := Current(known)
	return !ok || compare(*v, now) > 0
}

// How many versions are kept.
const (
	keepLast = 8  // of everything
	keepDays = 30 // and one a day of what is not an app's own scratch
)

// Surplus are the versions of one thing that are no longer kept: the last few
// stay, and of each of the last thirty days the last, so that no row of small
// changes pushes out what was there before it.
func Surplus(all []privyseal.Version, now time.Time) (drop []privyseal.Version) {
	all = Order(all)
	slices.Reverse(all)
	days := map[int64]bool{}
	for i, v := range all {
		day := v.At.Unix() / 86400
		old := now.Sub(v.At) > keepDays*24*time.Hour || v.Kind == 30078 || v.Kind == 31234
		switch {
		case i < keepLast:
			days[day] = true
		case old || days[day]:
			drop = append(drop, v)
		default:
			days[day] = true
		}
	}
	return drop
}
