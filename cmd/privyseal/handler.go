package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/privyseal/privyseal"
)

const (
	desktopName = "privyseal-connect.desktop"
	schemeMIME  = "x-scheme-handler/nostrconnect"
)

type connectHandlerCmd struct {
	Install handlerInstallCmd `cmd:"" help:"Open nostrconnect:// links with privyseal accept."`
	Remove  handlerRemoveCmd  `cmd:"" help:"Take that back."`
}

func (connectHandlerCmd) Help() string {
	return "Example:\n  privyseal connect-handler install"
}

// handled says what was done to the desktop.
type handled struct {
	File      string `json:"file"`
	Installed bool   `json:"installed"`
}

type handlerInstallCmd struct{}

func (handlerInstallCmd) Help() string { return "Example:\n  privyseal connect-handler install" }

func (handlerInstallCmd) Run(m *Main) error {
	file, err := m.desktopFile()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := m.dataDir()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return dirError(filepath.Dir(file), err)
	}
	if _, err := writeWhole(file, func(w io.Writer) error {
		_, err := io.WriteString(w, desktopEntry(self, dir))
		return err
	}); err != nil {
		return err
	}
	if path, err := exec.LookPath("xdg-mime"); err == nil { // else the desktop finds the file by itself
		_ = exec.Command(path, "default", desktopName, schemeMIME).Run()
	}
	return m.show(handled{file, true}, func(w io.Writer) {
		fmt.Fprintf(w, "nostrconnect:// links now open the signer (%s).\n", m.tilde(file))
	})
}

type handlerRemoveCmd struct{}

func (handlerRemoveCmd) Help() string { return "Example:\n  privyseal connect-handler remove" }

func (handlerRemoveCmd) Run(m *Main) error {
	file, err := m.desktopFile()
	if err != nil {
		return err
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fail(privyseal.KindInternal, file+" cannot be removed", "look at its owner and permissions")
	}
	return m.show(handled{file, false}, func(w io.Writer) {
		fmt.Fprintln(w, "nostrconnect:// links no longer open the signer.")
	})
}

// desktopFile is where the desktop looks for programs of this user.
func (m *Main) desktopFile() (string, error) {
	if runtime.GOOS != "linux" {
		return "", fail(privyseal.KindUnsupported, "this system's handler of links cannot be set from here", "paste links: privyseal accept 'nostrconnect://…'")
	}
	base := m.Getenv("XDG_DATA_HOME")
	if !filepath.IsAbs(base) {
		if m.Getenv("HOME") == "" {
			return "", usage("there is no home directory for the desktop's files", "set HOME or XDG_DATA_HOME")
		}
		base = filepath.Join(m.Getenv("HOME"), ".local", "share")
	}
	return filepath.Join(base, "applications", desktopName), nil
}

// desktopEntry runs privyseal accept with the link, in a terminal so that the
// answer is seen.
func desktopEntry(self, data string) string {
	quote := func(s string) string {
		return `"` + strings.NewReplacer(`\`, `\\\\`, `"`, `\\"`, "`", "\\\\`", `$`, `\\$`, `%`, `%%`).Replace(s) + `"`
	}
	return "[Desktop Entry]\nType=Application\nName=Privy Seal\nComment=Connect a Nostr app\n" +
		"Exec=" + quote(self) + " --data " + quote(data) + " accept %u\n" +
		"Terminal=true\nNoDisplay=true\nMimeType=" + schemeMIME + ";\n"
}
