//go:build dist

package dist

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestPackages: what is in a package, whose it is, and that it fits together.
func TestPackages(t *testing.T) {
	for _, arch := range []string{"amd64", "arm64"} {
		t.Run(arch, func(t *testing.T) {
			deb := file(arch + ".deb")
			for field, want := range map[string]string{"Package": "privyseal", "Architecture": arch, "Version": strings.TrimPrefix(version, "v")} {
				if got := strings.TrimSpace(output(t, "dpkg-deb", "-f", deb, field)); got != want {
					t.Errorf("%s is %q, want %q", field, got, want)
				}
			}
			for line := range strings.Lines(output(t, "dpkg-deb", "-c", deb)) {
				f := strings.Fields(line)
				mode, owner := f[0], f[1]
				if owner != "root/root" || mode[5] == 'w' || mode[8] == 'w' || strings.ContainsAny(mode, "sS") {
					t.Errorf("not root's alone to write: %s", line)
				}
			}
			dir := t.TempDir()
			output(t, "dpkg-deb", "-R", deb, dir)
			for _, name := range []string{
				"usr/bin/privyseal", "usr/lib/systemd/system/privyseal.service", "usr/lib/systemd/user/privyseal.service",
				"usr/lib/sysusers.d/privyseal.conf", "usr/share/man/man1/privyseal.1.gz", "usr/share/doc/privyseal/copyright",
				"usr/share/doc/privyseal/unattended.conf", "usr/share/bash-completion/completions/privyseal",
				"usr/share/fish/vendor_completions.d/privyseal.fish", "DEBIAN/postinst", "DEBIAN/prerm", "DEBIAN/postrm",
			} {
				if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
					t.Errorf("%s is missing or empty", name)
				}
			}
			if hash(t, filepath.Join(dir, "usr/bin/privyseal")) != hash(t, file("linux_"+arch)) {
				t.Error("the program in the package is not the one beside it")
			}
			sums := exec.Command("md5sum", "--check", "--quiet", "--strict", "DEBIAN/md5sums")
			sums.Dir = dir
			if out, err := sums.CombinedOutput(); err != nil {
				t.Errorf("md5sums: %v\n%s", err, out)
			}
			for _, script := range []string{"postinst", "prerm", "postrm"} {
				if out, err := exec.Command("sh", "-n", filepath.Join(dir, "DEBIAN", script)).CombinedOutput(); err != nil {
					t.Errorf("%s: %v\n%s", script, err, out)
				}
			}
		})
	}
}

// TestScriptsKeepKeys: installing makes no secret and starts nothing new;
// removing deletes nothing.
func TestScriptsKeepKeys(t *testing.T) {
	dir := t.TempDir()
	output(t, "dpkg-deb", "-e", file("amd64.deb"), dir)
	for script, never := range map[string]string{
		"postinst": `urandom|privyseal init|enable|start privyseal`,
		"prerm":    `\brm\b`,
		"postrm":   `\brm\b`,
	} {
		raw, err := os.ReadFile(filepath.Join(dir, script))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(raw)) {
			if !strings.HasPrefix(line, "#") && regexp.MustCompile(never).MatchString(line) && !strings.Contains(line, "try-restart") {
				t.Errorf("%s: %s", script, line)
			}
		}
	}
}

// TestUnit: systemd's own rating of the service does not get worse.
func TestUnit(t *testing.T) {
	out := output(t, "systemd-analyze", "security", "--offline=true", "--no-pager", filepath.Join(root, "packaging", "privyseal.service"))
	m := regexp.MustCompile(`Overall exposure level for privyseal.service: ([0-9.]+)`).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("no rating in:\n%s", out)
	}
	rating, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("exposure %v of 10", rating)
	if rating > 1.2 {
		t.Errorf("exposure %v, want at most 1.2", rating)
	}
}

// TestUnitsParse: systemd knows every line of the units.
func TestUnitsParse(t *testing.T) {
	for _, unit := range []string{"privyseal.service", "user/privyseal.service"} {
		// A copy, whose program exists whether or not it is installed.
		raw, err := os.ReadFile(filepath.Join(root, "packaging", unit))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "privyseal.service")
		text := strings.ReplaceAll(string(raw), "/usr/bin/privyseal", file("linux_amd64"))
		text = regexp.MustCompile(`(?m)^Documentation=.*\n`).ReplaceAllString(text, "")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("systemd-analyze", "verify", "--man=no", path).CombinedOutput(); err != nil || len(strings.TrimSpace(string(out))) > 0 {
			t.Errorf("%s: %v\n%s", unit, err, out)
		}
	}
}
