package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
)

// commandFor is how long the owner's command may take.
const commandFor = 15 * time.Second

// checkCommand looks at the command once, at the start. It is named when the
// signer is started and nowhere else: neither half can have another one run.
func checkCommand(path string) error {
	if path == "" {
		return nil
	}
	info, err := os.Stat(path)
	if !filepath.IsAbs(path) || err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
		return usage("“"+path+"” is not a program that can be run", "give the whole path of one: --notify-command /home/me/bin/tell-me")
	}
	return nil
}

// runCommand runs the owner's command, outside both halves and without a shell.
func (h *house) runCommand(ctx context.Context, c keeper.Command) sinkReply {
	ctx, cancel := context.WithTimeout(ctx, commandFor)
	defer cancel()
	cmd := exec.CommandContext(ctx, h.cmd.NotifyCommand)
	cmd.WaitDelay = time.Second
	for _, name := range []string{"PATH", "HOME", "USER", "LANG", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"} {
		if v := h.m.Getenv(name); v != "" {
			cmd.Env = append(cmd.Env, name+"="+v)
		}
	}
	cmd.Env = append(cmd.Env, "PRIVYSEAL_QUESTION="+c.Question, "PRIVYSEAL_TEXT="+c.Text, "PRIVYSEAL_LINK="+c.Link)
	switch err := cmd.Run(); {
	case ctx.Err() != nil:
		return sinkReply{Fault: "the command did not end within " + commandFor.String()}
	case err != nil:
		return sinkReply{Fault: "the command failed: " + err.Error()}
	}
	return sinkReply{}
}

// runCommand has the supervisor run it: the keeper starts no program.
func (k *keeperHalf) runCommand(ctx context.Context, c keeper.Command) error {
	r, err := control.Do[sinkReply](ctx, k.parent.Client, runCommand, c)
	if err == nil && r.Fault != "" {
		err = errors.New(r.Fault)
	}
	return err
}
