package effect

import "encoding/json"

// classify says what a text is that was opened in order to ask: one's own
// list (NIP-51: an array of tags), a message or its seal (NIP-17: an event), an
// app's data, or plain text, which stays what it was.
func classify(text string, plain Act) Act {
	var list [][]string
	if json.Unmarshal([]byte(text), &list) == nil {
		return ActOpenList
	}
	var inner struct {
		Kind    *int    `json:"kind"`
		Content *string `json:"content"`
	}
	switch err := json.Unmarshal([]byte(text), &inner); {
	case err != nil:
		return plain
	case inner.Kind != nil && inner.Content != nil:
		return ActOpenMessage
	}
	return ActOpenData
}
