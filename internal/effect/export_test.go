package effect

import (
	"reflect"

	"github.com/privyseal/privyseal/nostr"
)

// CheckOf tells kinds apart that are weighed differently.
func CheckOf(k nostr.Kind) uintptr {
	if check := RuleOf(k).check; check != nil {
		return reflect.ValueOf(check).Pointer()
	}
	return 0
}
