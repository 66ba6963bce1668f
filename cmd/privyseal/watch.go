package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/privyseal/privyseal/cmd/privyseal/internal/tty"
	"github.com/privyseal/privyseal/cmd/privyseal/internal/watch"
	"github.com/privyseal/privyseal/internal/control"
)

// ANSI sequences of the live screen: another screen than the shell's, no cursor.
const (
	screenOn  = "\x1b[?1049h\x1b[?25l"
	screenOff = "\x1b[?25h\x1b[?1049l"
	screenTop = "\x1b[H\x1b[2J"
)

// watchLive shows questions and takes answers until the person leaves.
func (m *Main) watchLive(ctx context.Context, t *tty.Terminal) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c, err := m.dial(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	changes := make(chan control.QuestionInfo)
	ended := make(chan error, 1)
	go func() {
		ended <- follow(ctx, m, control.VerbRequestsWatch, nil, func(q control.QuestionInfo) error {
			select {
			case changes <- q:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	restore, err := t.Raw()
	if err != nil {
		return err
	}
	defer restore()
	fmt.Fprint(m.Stdout, screenOn)
	defer fmt.Fprint(m.Stdout, screenOff)
	keys := readKeys(ctx, t)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	screen := &watch.Screen{Printable: printable}
	for {
		fmt.Fprint(m.Stdout, screenTop+strings.Join(screen.Render(t.Width(), time.Now()), "\r\n"))
		select {
		case <-ctx.Done():
			return nil
		case err := <-ended:
			return err
		case q := <-changes:
			screen.Update(q, time.Now())
		case key, ok := <-keys:
			if !ok {
				return nil
			}
			act := screen.Key(key, time.Now())
			if act.Quit {
				return nil
			}
			if act.ID != "" {
				if err := answerLive(ctx, c, act); err != nil {
					f := asFailure(err)
					screen.Note(f.Msg + ". " + f.Hint)
				}
			}
		case <-tick.C:
		}
	}
}

func answerLive(ctx context.Context, c *control.Client, act watch.Action) error {
	ctx, cancel := context.WithTimeout(ctx, callFor)
	defer cancel()
	verb := control.VerbRequestsDeny
	if act.Approve {
		verb = control.VerbRequestsApprove
	}
	_, err := control.Do[control.QuestionInfo](ctx, c, verb, control.AnswerArgs{ID: act.ID, Remember: act.Remember, Words: act.Words, Typed: act.Typed})
	return err
}

// readKeys hands over what is typed, a key at a time; an arrow comes as one.
func readKeys(ctx context.Context, t *tty.Terminal) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		buf := make([]byte, 16)
		for {
			n, err := t.Read(buf)
			if err != nil {
				return
			}
			for _, key := range splitKeys(string(buf[:n])) {
				select {
				case out <- key:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return out
}

func splitKeys(s string) []string {
	var keys []string
	for s != "" {
		n := 1
		if len(s) >= 3 && s[0] == '\x1b' && (s[1] == '[' || s[1] == 'O') {
			n = 3
		}
		keys, s = append(keys, s[:n]), s[n:]
	}
	return keys
}
