package main

import (
	"bytes"
	"os"
	"testing"
)

// The kit says what the catalogue says.
func TestKitWordsAreCurrent(t *testing.T) {
	got, err := os.ReadFile("../../login/kit/src/words.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, export()) {
		t.Error("the words of the login kit are old: go run ./scripts/kitwords login/kit/src/words.json, and build the kit")
	}
}
