//go:build !amd64

package plain

func prefix(b []byte) int { return prefixGo(b) }
