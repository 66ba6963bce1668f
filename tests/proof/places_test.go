package proof

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// places are where a secret could show, each with what is there.
type places map[string][]byte

// commands are the command line's answers and errors.
func (p places) commands(s *signer) {
	for _, verb := range [][]string{
		{"identity", "list"}, {"identity", "show", "ana"}, {"apps", "list"}, {"activity", "list"}, {"activity", "verify"}, {"activity", "export"},
		{"settings", "list"}, {"relays", "list"}, {"requests", "list"}, {"doctor"}, {"invite"},
		{"identity", "add", "--name", "x", "--import-file", os.DevNull}, {"identity", "show", "nobody"}, {"apps", "show", "nobody"},
	} {
		wrap := s.wrap
		s.wrap = nil
		cmd := s.command(append([]string{"--json"}, verb...)...)
		s.wrap = wrap
		p[strings.Join(verb, " ")], _ = cmd.CombinedOutput()
	}
}

// controlSocket stands between the command line and the signer; what is
// answered was said by either until then.
func (p places) controlSocket(t *testing.T, s *signer) (said func() []byte) {
	t.Helper()
	front, behind := filepath.Join(s.dir, "control.sock"), filepath.Join(s.dir, "c")
	must(t, os.Rename(front, behind))
	l, err := net.Listen("unix", front)
	must(t, err)
	var mu sync.Mutex
	var log bytes.Buffer
	half := func(to io.WriteCloser, from io.Reader) {
		defer to.Close()
		buf := make([]byte, 1<<16)
		for {
			n, err := from.Read(buf)
			mu.Lock()
			log.Write(buf[:n])
			mu.Unlock()
			if _, werr := to.Write(buf[:n]); err != nil || werr != nil {
				return
			}
		}
	}
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("unix", behind)
			if err != nil {
				in.Close()
				continue
			}
			go half(out, in)
			go half(in, out)
		}
	}()
	return func() []byte {
		_ = l.Close() // removes it
		must(t, os.Rename(behind, front))
		mu.Lock()
		defer mu.Unlock()
		return log.Bytes()
	}
}

// http asks for every page there may be, and for the figures.
func (p places) http(t *testing.T, s *signer) {
	t.Helper()
	ask := func(c *http.Client, where, url, accept string) {
		req, err := http.NewRequest(http.MethodGet, url, nil)
		must(t, err)
		req.Header.Set("Accept", accept)
		resp, err := c.Do(req)
		if err != nil {
			t.Errorf("%s: %v", where, err)
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		p[where] = append(fmt.Appendf(nil, "%d %v\n", resp.StatusCode, resp.Header), body...)
	}
	for _, path := range []string{"/", "/metrics", "/healthz", "/debug/pprof/", "/.well-known/nostr.json", "/" + keyText[:3]} {
		ask(http.DefaultClient, "GET "+path, "http://"+s.ready.Listen+path, "text/html")
	}
	ask(http.DefaultClient, "the relay's description", "http://"+s.ready.Listen+"/", "application/nostr+json")
	socket := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(s.dir, "metrics.sock"))
	}}}
	ask(socket, "the figures", "http://seal/metrics", "text/plain")
}

// process is what the system tells of a process.
func (p places) process(t *testing.T, pid int) {
	t.Helper()
	for _, name := range []string{"environ", "cmdline", "limits", "maps"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
		must(t, err)
		p[fmt.Sprintf("%s of process %d", name, pid)] = text
	}
	for line := range strings.Lines(string(p[fmt.Sprintf("limits of process %d", pid)])) {
		if rest, ok := strings.CutPrefix(line, "Max core file size"); ok && strings.Fields(rest)[0] != "0" {
			t.Errorf("the program may leave a core dump: %s", line)
		}
	}
}

func (p places) files(t *testing.T, dir string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			p[path], err = os.ReadFile(path)
		}
		return err
	}))
}

// gone waits until the process ended.
func (p *process) gone(t testing.TB) {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		t.Fatal("it did not end")
	}
}
