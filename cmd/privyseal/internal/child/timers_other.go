//go:build !linux

package child

func easeTimers() {}

func promptTimers() {}
