// Kitwords writes the words of the login kit from the catalogue, for its build:
// go run ./scripts/kitwords login/kit/src/words.json
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/privyseal/privyseal/internal/words"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: kitwords FILE")
		os.Exit(2)
	}
	if err := os.WriteFile(os.Args[1], export(), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// export is every text of the kit, by language and id.
func export() []byte {
	all := map[string]map[string]string{}
	for _, lang := range words.Languages() {
		all[lang] = words.In(lang).Kit()
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(all) // strings
	return out.Bytes()
}
