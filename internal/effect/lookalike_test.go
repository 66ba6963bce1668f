package effect

import (
	"slices"
	"testing"
)

// A host that could be taken for one that is known is said to be like it (T17);
// what is that host's own, or merely similar, is not.
func TestLooksLike(t *testing.T) {
	known := []string{"crays.example", "my-shop.example:8443", "modern.example", "paypal.example", "wallet.example"}
	for host, want := range map[string]string{
		"crays.example":              "",
		"crays.example:8443":         "",
		"www.crays.example":          "",
		"arrays.example":             "",
		"notcrays.example":           "",
		"crays.example.evil.example": "crays.example",
		"crays.example.":             "",
		"cray5.example":              "",
		"modem.example":              "modern.example",
		"myshop.example":             "my-shop.example:8443",
		"paypa1.example":             "paypal.example",
		"paypai.example":             "paypal.example",
		"pay-pal.example":            "paypal.example",
		"xn--crys-63d.example":       "crays.example", // a Cyrillic а
		"xn--pypal-4ve.example":      "paypal.example",
		"xn--crys-6na.example":       "crays.example", // á
		"xn--!.example":              "",
		"vvallet.example":            "wallet.example",
		"":                           "",
	} {
		if got := LooksLike(host, known); got != want {
			t.Errorf("%s is like %q, want %q", host, got, want)
		}
	}
	for host, known := range map[string][]string{ // it is known, and so is another
		"cool.example":        {"cool.example", "c0ol.example"},
		"zap.kitchen.example": {"zap.kitchen", "kitchen.example"},
	} {
		if got := LooksLike(host, known); got != "" {
			t.Errorf("%s is known, and like %q", host, got)
		}
		slices.Reverse(known)
		if got := LooksLike(host, known); got != "" {
			t.Errorf("%s is known, and like %q", host, got)
		}
	}
	if LooksLike("crays.example..", []string{"", "crays.example"}) != "crays.example" {
		t.Error("an app without a host makes every host known")
	}
	if LooksLike("x.example", []string{""}) != "" || LooksLike("x.example", nil) != "" {
		t.Error("like nobody")
	}
}
