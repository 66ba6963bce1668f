package sqlite

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// row reads the columns of a result one after the other. A value of another
// type than was written is an error, never a guess.
type row struct {
	vals  []driver.Value
	next  int
	err   error
	alike *alike // nil: every text is its own
}

// alike are texts and lists that many rows have in common: one of each is kept.
// Most apps have the same identity, preset and relays as others.
type alike struct {
	texts map[string]string
	lists map[string][]string
}

func (r *row) value() driver.Value {
	v := r.vals[r.next]
	r.next++
	return v
}

func (r *row) bad() {
	if r.err == nil {
		r.err = errors.Join(ErrDamaged, errors.New("store: a value is not of the type that was written"))
	}
}

func (r *row) text() string {
	switch v := r.value().(type) {
	case string:
		return v
	case nil:
		return ""
	}
	r.bad()
	return ""
}

func (r *row) blob() []byte {
	switch v := r.value().(type) {
	case []byte:
		return v
	case nil:
		return nil
	}
	r.bad()
	return nil
}

func (r *row) hash() (h [32]byte) {
	switch b := r.blob(); len(b) {
	case 32:
		return [32]byte(b)
	case 0:
	default:
		r.bad()
	}
	return h
}

func (r *row) int() int64 {
	v, ok := r.value().(int64)
	if !ok {
		r.bad()
	}
	return v
}

func (r *row) bool() bool { return r.int() != 0 }

// small reads an enum.
func small[T ~uint8](r *row) T {
	v := r.int()
	if v != int64(uint8(v)) {
		r.bad()
	}
	return T(v)
}

func (r *row) time() time.Time { return unmilli(r.int()) }

// shared reads a text that other rows have too.
func (r *row) shared() string {
	text := r.text()
	if r.alike == nil || text == "" {
		return text
	}
	if same, known := r.alike.texts[text]; known {
		return same
	}
	r.alike.texts[text] = text
	return text
}

func (r *row) strings() (list []string) {
	if r.alike == nil {
		decode(r, &list)
		return list
	}
	text := r.text()
	if text == "" {
		return nil
	}
	list, known := r.alike.lists[text]
	if !known {
		if json.Unmarshal([]byte(text), &list) != nil {
			r.bad()
		}
		list = slices.Clip(list)
		r.alike.lists[text] = list
	}
	return list
}

func decode(r *row, to any) {
	if s := r.text(); s != "" && json.Unmarshal([]byte(s), to) != nil {
		r.bad()
	}
}

// milli is how a time is kept: Unix milliseconds, 0 for none.
func milli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func unmilli(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// optional keeps an empty text as NULL.
func optional(s string) driver.Value {
	if s == "" {
		return nil
	}
	return s
}

func bytesOrNull(b []byte) driver.Value {
	if len(b) == 0 {
		return nil
	}
	return b
}

func encode[T any](list []T) driver.Value {
	if len(list) == 0 {
		return nil
	}
	b, err := json.Marshal(list)
	if err != nil { // lists of texts and of grants always encode
		panic(err)
	}
	return string(b)
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
