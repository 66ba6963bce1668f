package main

import (
	"context"
	"encoding/json"
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
	name  string
	path  string // of ours
	curve string // the program that times the same build's curve
	start func(ctx context.Context, dir, relay string) (*process, string, error)
}

func (s *signer) ours() bool { return s.path != "" }

// The names that the goals know.
const (
	oursPure, oursFast = "privyseal (pure Go)", "privyseal (libsecp256k1)"
	peerPure, peerFast = "go-nostr (pure Go)", "go-nostr (libsecp256k1)"
	fiatjafFast        = "fiatjaf.com/nostr (libsecp256k1)"
)

// build makes both builds of the signer and its peers; what is not to be
// measured is not built. Ours are as they are released, unless they are profiled.
func (b *bench) build(ctx context.Context) ([]signer, error) {
	dir := b.dir
	if b.bin != "" {
		if err := os.MkdirAll(b.bin, 0o755); err != nil {
			return nil, err
		}
		var err error
		if dir, err = filepath.Abs(b.bin); err != nil {
			return nil, err
		}
	}
	libsecp := exec.CommandContext(ctx, "pkg-config", "--atleast-version=0.2.0", "libsecp256k1").Run() == nil
	if !libsecp {
		fmt.Fprintln(os.Stderr, "bench: libsecp256k1 is not installed; its build is not measured")
	}
	b.pure = filepath.Join(dir, "privyseal")
	fast, curve := filepath.Join(dir, "privyseal-libsecp256k1"), filepath.Join(dir, "curve-libsecp256k1")
	peer, fastPeer := filepath.Join(dir, "go-nostr"), filepath.Join(dir, "go-nostr-libsecp256k1")
	other := filepath.Join(dir, "fiatjaf-libsecp256k1")
	pureGo, tagged := []string{"CGO_ENABLED=0"}, []string{"CGO_ENABLED=1", "-tags", "libsecp256k1"}
	release := []string{"-trimpath", "-ldflags", "-s -w"}
	if b.profile != "" {
		release = nil // with the names that a profile tells
	}
	if err := goBuild(ctx, ".", b.pure, "./cmd/privyseal", append(pureGo, release...)...); err != nil {
		return nil, err
	}
	var out []signer
	for _, v := range []struct {
		signer
		dir, pkg, path string
		args           []string
	}{
		{signer{oursPure, b.pure, b.self, ours(b.pure)}, "", "", "", nil},
		{signer{oursFast, fast, curve, ours(fast)}, ".", "./cmd/privyseal", fast, append(tagged, release...)},
		{signer{name: peerPure, start: peerSigner(peer)}, "scripts/bench/peer", ".", peer, pureGo},
		{signer{name: peerFast, start: peerSigner(fastPeer)}, "scripts/bench/peer", ".", fastPeer, tagged},
		{signer{name: fiatjafFast, start: peerSigner(other)}, "tests/interop/peers", "./bunker", other, tagged},
	} {
		if !strings.Contains(v.name, b.only) || v.path == fast && !libsecp {
			continue
		}
		if v.path != "" {
			if err := goBuild(ctx, v.dir, v.path, v.pkg, v.args...); err != nil {
				return nil, err
			}
		}
		if v.path == fast {
			if err := goBuild(ctx, ".", curve, "./scripts/bench", tagged...); err != nil {
				return nil, err
			}
		}
		out = append(out, v.signer)
	}
	for _, path := range b.also {
		out = append(out, signer{"privyseal " + path, path, b.self, ours(path)})
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

const passphrase = "correct horse battery"

// initialised makes a data directory of our signer.
func initialised(ctx context.Context, path, dir string) (data, pass string, err error) {
	if data, err = os.MkdirTemp(dir, "data-"); err != nil {
		return "", "", err
	}
	pass = filepath.Join(data, "pass")
	if err := os.WriteFile(pass, []byte(passphrase), 0o600); err != nil {
		return "", "", err
	}
	data = filepath.Join(data, "signer")
	if out, err := exec.CommandContext(ctx, path, "init", "--data", data, "--name", "bench", "--passphrase-file", pass).CombinedOutput(); err != nil {
		return "", "", fmt.Errorf("init: %w\n%s", err, out)
	}
	return data, pass, nil
}

// ours starts our signer on a fresh data directory, without its own relay.
func ours(path string) func(context.Context, string, string) (*process, string, error) {
	return func(ctx context.Context, dir, relay string) (*process, string, error) {
		data, pass, err := initialised(ctx, path, dir)
		if err != nil {
			return nil, "", err
		}
		p, err := up(ctx, path, data, pass, relay)
		if err != nil {
			return nil, "", err
		}
		uri, err := invite(ctx, path, data)
		if err != nil {
			p.stop()
		}
		return p, uri, err
	}
}

// up starts our signer on a relay, and takes the brakes off: on reading in bulk,
// and on an app that asks more than 5000 times a second.
func up(ctx context.Context, path, data, pass, relay string) (*process, error) {
	p, _, err := start(ctx, "event", path, "up", "--json", "--data", data, "--listen", "127.0.0.1:0", "--own-relay=false", "--relay", relay, "--passphrase-file", pass)
	if err != nil {
		return nil, err
	}
	for _, brake := range [][2]string{{"rate-reading", "1000000000"}, {"rate-app", "1000000,1000000"}} {
		if out, err := exec.CommandContext(ctx, path, "settings", "set", brake[0], brake[1], "--data", data).CombinedOutput(); err != nil {
			p.stop()
			return nil, fmt.Errorf("settings: %w\n%s", err, out)
		}
	}
	return p, nil
}

func invite(ctx context.Context, path, data string) (string, error) {
	out, err := exec.CommandContext(ctx, path, "invite", "--json", "--data", data, "--preset", "ask", "--allow", "sign_event:1,nip44_encrypt,nip44_decrypt").Output()
	if err != nil {
		return "", fmt.Errorf("invite: %w", err)
	}
	var link struct{ URI string }
	if err := json.Unmarshal(out, &link); err != nil {
		return "", fmt.Errorf("invite: %w", err)
	}
	return link.URI, nil
}

// peerSigner starts another library's signer.
func peerSigner(path string) func(context.Context, string, string) (*process, string, error) {
	return func(ctx context.Context, _, relay string) (*process, string, error) {
		p, line, err := start(ctx, "uri", path, relay)
		if err != nil {
			return nil, "", err
		}
		return p, line["uri"].(string), nil
	}
}
