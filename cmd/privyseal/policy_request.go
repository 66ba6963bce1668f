package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// maxTextFile bounds a file with a request, or a policy.
const maxTextFile = 1 << 20

// request reads what is to be tried: a method with its parameters, a
// permission, or JSON from the command line, a file or standard input.
func (c *policyTryCmd) request(m *Main) (method string, params []string, err error) {
	const forExample = "for example: privyseal policy try Coracle sign_event:1"
	now := time.Now()
	switch {
	case c.File != "" && c.Method != "":
		return "", nil, usage("a request is either in --file or on the command line", "leave one of them away")
	case c.File != "":
		raw, err := m.textFile(c.File, "request file")
		if err != nil {
			return "", nil, err
		}
		return jsonRequest(raw, now)
	case c.Method == "":
		return "", nil, usage("say what the app would ask for", forExample)
	case strings.HasPrefix(c.Method, "{") && len(c.Params) == 0:
		return jsonRequest([]byte(c.Method), now)
	case len(c.Params) > 0:
		if c.Method == string(nip46.SignEvent) {
			c.Params[0] = string(complete([]byte(c.Params[0]), now))
		}
		return c.Method, c.Params, nil
	}
	perms, err := nip46.ParsePermissions(c.Method)
	if err != nil || len(perms) != 1 {
		return c.Method, nil, nil // the signer says what it makes of it
	}
	return sample(perms[0], now)
}

// textFile reads a file that is no secret; "-" is standard input.
func (m *Main) textFile(path, what string) ([]byte, error) {
	r := m.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, fileError(path, what, err)
		}
		defer f.Close()
		r = f
	}
	b, err := io.ReadAll(io.LimitReader(r, maxTextFile+1))
	switch {
	case err != nil:
		return nil, fileError(path, what, err)
	case len(b) > maxTextFile:
		return nil, fail(privyseal.KindInvalid, "the "+what+" "+path+" is larger than 1 MiB", "is it the right file?")
	}
	return b, nil
}

// jsonRequest reads an event to be signed, or a whole NIP-46 request.
func jsonRequest(raw []byte, now time.Time) (method string, params []string, err error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return "", nil, usage("this is neither an event nor a request as JSON", `for example: '{"kind":1,"content":"hello"}'`)
	}
	if _, event := fields["kind"]; event {
		return string(nip46.SignEvent), []string{string(complete(raw, now))}, nil
	}
	if _, has := fields["id"]; !has {
		fields["id"] = json.RawMessage(`"try"`)
	}
	whole, err := json.Marshal(fields)
	if err != nil {
		return "", nil, err
	}
	r, _, err := nip46.ParseRequest(whole)
	if err != nil {
		return "", nil, usage("this is neither an event nor a request as JSON: "+tidy(err), `for example: '{"kind":1,"content":"hello"}'`)
	}
	return string(r.Method), r.Params, nil
}

// sample is the plainest request that a permission speaks about.
func sample(p nip46.Permission, now time.Time) (method string, params []string, err error) {
	method = string(p.Method)
	switch p.Method {
	case nip46.SignEvent:
		if p.Kind == nil {
			return "", nil, usage("say which kind of event", "for example: privyseal policy try Coracle sign_event:1")
		}
		return method, []string{sampleEvent(*p.Kind, p.Target, now)}, nil
	case nip46.Nip04Encrypt, nip46.Nip04Decrypt, nip46.Nip44Encrypt, nip46.Nip44Decrypt:
		if p.Target == "" {
			return "", nil, usage("say with whom", "for example: privyseal policy try Coracle "+method+"@npub1…")
		}
		return method, []string{p.Target, "hello"}, nil
	}
	return method, nil, nil
}

// sampleEvent is an event of a kind, with the tags that its target takes.
func sampleEvent(k nostr.Kind, target string, now time.Time) string {
	tags := nostr.Tags{}
	host := target
	if _, rest, ok := strings.Cut(target, "://"); ok {
		host, _, _ = strings.Cut(rest, "/")
	}
	switch k {
	case 22242:
		if host == target && target != "" {
			target = "wss://" + host
		}
		tags = append(tags, nostr.Tag{"relay", target}, nostr.Tag{"challenge", "try"})
	case 27235:
		tags = append(tags, nostr.Tag{"u", "https://" + host + "/"}, nostr.Tag{"method", "GET"})
	case 24242:
		tags = append(tags, nostr.Tag{"t", "upload"}, nostr.Tag{"x", strings.Repeat("0", 64)},
			nostr.Tag{"expiration", strconv.FormatInt(now.Add(time.Hour).Unix(), 10)})
		if host != "" {
			tags = append(tags, nostr.Tag{"server", host})
		}
	}
	t, err := json.Marshal(tags)
	if err != nil { // texts always encode
		panic(err)
	}
	return fmt.Sprintf(`{"kind":%d,"created_at":%d,"tags":%s,"content":""}`, k, now.Unix(), t)
}
