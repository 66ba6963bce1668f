package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// signer is one program to measure: start runs it on a relay and answers its
// process and a bunker link.
type signer struct {
	name    string
	records bool
	relay   string // the program whose relay stands between
	start   func(ctx context.Context, dir, relay string) (*process, string, error)
}

// build makes both builds of the signer and, as a peer, go-nostr's; what is not
// to be measured is not built.
func build(ctx context.Context, dir string, o options) ([]signer, error) {
	if o.bin != "" {
		if err := os.MkdirAll(o.bin, 0o755); err != nil {
			return nil, err
		}
		var err error
		if dir, err = filepath.Abs(o.bin); err != nil {
			return nil, err
		}
	}
	libsecp := exec.CommandContext(ctx, "pkg-config", "--atleast-version=0.2.0", "libsecp256k1").Run() == nil
	if !libsecp {
		fmt.Fprintln(os.Stderr, "bench: libsecp256k1 is not installed; its build is not measured")
	}
	pure := filepath.Join(dir, "privyseal")
	if err := goBuild(ctx, ".", pure, "./cmd/privyseal", "CGO_ENABLED=0"); err != nil {
		return nil, err
	}
	fast := filepath.Join(dir, "privyseal-libsecp256k1")
	peer, fastPeer := filepath.Join(dir, "go-nostr"), filepath.Join(dir, "go-nostr-libsecp256k1")
	tagged := []string{"CGO_ENABLED=1", "-tags", "libsecp256k1"}
	var out []signer
	for _, v := range []struct {
		signer
		dir, pkg, path string
		env            []string
	}{
		{signer{"privyseal (pure Go)", true, pure, ours(pure)}, "", "", "", nil},
		{signer{"privyseal (libsecp256k1)", true, pure, ours(fast)}, ".", "./cmd/privyseal", fast, tagged},
		{signer{"go-nostr (pure Go)", false, pure, peerSigner(peer)}, "scripts/bench/peer", ".", peer, []string{"CGO_ENABLED=0"}},
		{signer{"go-nostr (libsecp256k1)", false, pure, peerSigner(fastPeer)}, "scripts/bench/peer", ".", fastPeer, []string{"CGO_ENABLED=1", "-tags", "libsecp256k1"}},
	} {
		if !strings.Contains(v.name, o.only) || v.path == fast && !libsecp {
			continue
		}
		if v.path != "" {
			if err := goBuild(ctx, v.dir, v.path, v.pkg, v.env...); err != nil {
				return nil, err
			}
		}
		out = append(out, v.signer)
	}
	for _, path := range o.also {
		out = append(out, signer{"privyseal " + path, true, pure, ours(path)})
	}
	return out, nil
}

// goBuild builds a package in dir, unless it is there; the first of args is an
// environment setting.
func goBuild(ctx context.Context, dir, out, pkg string, args ...string) error {
	if _, err := os.Stat(out); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"build", "-o", out}, args[1:]...), pkg)...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), args[0])
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", pkg, err, text)
	}
	return nil
}
