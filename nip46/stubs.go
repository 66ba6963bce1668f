package nip46

// TEMPORARY: signatures being implemented; each function moves to its own file.

// ParseBunker parses a bunker:// link.
func ParseBunker(s string) (*BunkerURI, error) { panic("todo") }

// String is the link in the form every client accepts.
func (b *BunkerURI) String() string { panic("todo") }

// ParseConnect parses a nostrconnect:// link.
func ParseConnect(s string) (*ConnectURI, error) { panic("todo") }

// String is the link.
func (c *ConnectURI) String() string { panic("todo") }

// ParsePermissions parses a comma-separated permission string strictly.
func ParsePermissions(s string) ([]Permission, error) { panic("todo") }

// ParseRequested parses what a client asks for: entries it cannot read are skipped and returned.
func ParseRequested(s string) (perms []Permission, skipped []string) { panic("todo") }

// String is the canonical form.
func (p Permission) String() string { panic("todo") }

// ParseRequest parses a decrypted request. When it fails but an id could be
// read, id is set so that an error can be answered; ok-to-ignore messages
// (responses) are ErrNotRequest.
func ParseRequest(b []byte) (req *Request, id RequestID, err error) { panic("todo") }

// ParseConnectParams reads the slots of connect.
func ParseConnectParams(params []string) ConnectParams { panic("todo") }

// AppendResult appends a success: {"id":…,"result":"…"} with no error key.
func AppendResult(dst []byte, id RequestID, result string) []byte { panic("todo") }

// AppendError appends a failure: {"id":…,"result":"error","error":"…"}; for
// get_public_key the result is "".
func AppendError(dst []byte, id RequestID, m Method, reason string) []byte { panic("todo") }

// AppendAuthURL appends an auth challenge.
func AppendAuthURL(dst []byte, id RequestID, url string) []byte { panic("todo") }

// Response is a decrypted response, as a client sees it.
type Response struct {
	ID      RequestID
	Result  string
	Error   string
	AuthURL string
}

// ParseResponse parses a decrypted response; a result that is not a string is kept as its JSON.
func ParseResponse(b []byte) (*Response, error) { panic("todo") }

// AppendRequest appends a request as a client sends it.
func AppendRequest(dst []byte, id string, m Method, params []string) []byte { panic("todo") }
