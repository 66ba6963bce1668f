package main

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/privyseal/privyseal/internal/anchor"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/store/sqlite"
)

// stateDir is where the mark against older copies of the data is kept, outside
// the data directory; "" when this environment names no such place.
func (m *Main) stateDir() string {
	if dir := m.Getenv("PRIVYSEAL_STATE"); dir != "" {
		if abs, err := filepath.Abs(dir); err == nil {
			return abs
		}
		return dir
	}
	base := m.Getenv("XDG_STATE_HOME")
	switch {
	case filepath.IsAbs(base):
	case runtime.GOOS == "windows" && m.Getenv("LOCALAPPDATA") != "":
		return filepath.Join(m.Getenv("LOCALAPPDATA"), "privyseal-state")
	case m.Getenv("HOME") != "":
		base = filepath.Join(m.Getenv("HOME"), ".local", "state")
	default:
		return ""
	}
	return filepath.Join(base, "privyseal")
}

// anchor is the place of the mark, nil for none.
func (m *Main) anchor() anchor.Place {
	if dir := m.stateDir(); dir != "" {
		return anchor.Dir(dir)
	}
	return nil
}

// older looks, without a running signer, whether the data is an older copy.
func (c *checkup) older(ctx context.Context, s *sqlite.ReadOnly) {
	const check = "older copies"
	place := c.m.anchor()
	if place == nil {
		c.add(check, warning, "there is no place outside the data directory to notice them by", "name one: PRIVYSEAL_STATE=DIR")
		return
	}
	v, err := keeper.JudgeMark(ctx, s, place)
	switch {
	case errors.Is(err, anchor.ErrNone):
		c.add(check, warning, "there is no mark of this vault in "+c.m.stateDir()+": an older copy would not be noticed", "it is made at the next start: privyseal up")
	case err != nil:
		c.add(check, warning, "the mark in "+c.m.stateDir()+" cannot be read: "+tidy(err), "look at its owner and permissions")
	case v.Bad():
		c.add(check, problem, v.Text, "put the newer data in its place; or start it and go on with this copy: privyseal unlock --accept-older")
	default:
		c.add(check, fine, "would be noticed, by the mark in "+c.m.stateDir(), "")
	}
}

// together warns when the mark is copied along with what it guards.
func (c *checkup) together() {
	dir := c.m.stateDir()
	if rel, err := filepath.Rel(c.dir, dir); dir != "" && err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		c.add("state directory", warning, dir+" is inside the data directory: whoever puts an old copy back puts the mark back too", "name another one: PRIVYSEAL_STATE=DIR")
	}
}
