// Package kit is the browser's half of "Continue with Nostr": one script with
// the element <nostr-login> and window.nostr over NIP-46, and the handler that
// serves it. Its source is TypeScript (src, build.mjs); the script built from it
// is kept in dist, so that Go alone builds what links it, and tests/browser
// holds it to the source. It refuses to serve anything else.
package kit

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Path is where the script is served by custom.
const Path = "/nostr-login.js"

// Script is the script, for those who serve it in another way.
//
//go:embed dist/nostr-login.js
var Script []byte

var zipped = sync.OnceValue(func() []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // a level there is
	_, _ = z.Write(Script)                                  // into memory
	_ = z.Close()
	return out.Bytes()
})

// Handler serves the script, wherever it is mounted. Browsers keep it and ask
// whether it changed.
func Handler() http.Handler {
	sum := sha256.Sum256(Script)
	tag := hex.EncodeToString(sum[:16])
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "The script can only be read.", http.StatusMethodNotAllowed)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/javascript; charset=utf-8")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-cache") // but kept, for as long as the tag is the same
		h.Set("Vary", "Accept-Encoding")
		body := Script
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			body = zipped()
			h.Set("Content-Encoding", "gzip")
			h.Set("ETag", `"`+tag+`-gzip"`)
		} else {
			h.Set("ETag", `"`+tag+`"`)
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	})
}
