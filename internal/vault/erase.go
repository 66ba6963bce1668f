//go:build goexperiment.runtimesecret

package vault

import "runtime/secret"

const runtimeSecret = true

// erasing runs f and has the runtime erase its registers, its stack and, once
// unreachable, its heap allocations.
func erasing(f func()) { secret.Do(f) }
