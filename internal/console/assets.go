package console

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"mime"
	"net/http"
	"path"
)

//go:embed assets
var assets embed.FS

// Borrowed scripts, byte for byte as published: htmx 2.0.4 and its extension for
// server-sent events 2.2.2 (both 0BSD), jsQR 1.4.0 (Apache-2.0), all from npm.
var pinned = map[string]string{
	"htmx.min.js": "e209dda5c8235479f3166defc7750e1dbcd5a5c1808b7792fc2e6733768fb447",
	"jsqr.js":     "bc40c8a15196236b2314db0856f72ca0b49980cd5413b8c852a7349f5fee0859",
	"sse.js":      "83eca6fa0611fe2b0bf1700b424b88b5eced38ef448ef9760a2ea08fbc875611",
}

// sum is an asset's checksum; it stands in its address, so that a new one is
// never taken for the old.
func sum(name string) string {
	raw, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // embedded
	}
	h := sha256.Sum256(raw)
	return hex.EncodeToString(h[:])
}

func serveAsset(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.PathValue("name"))
	raw, err := assets.ReadFile("assets/" + name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	_, _ = w.Write(raw)
}
