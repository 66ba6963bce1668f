package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

// Version is set at link time; else the build's own information is used.
var Version = ""

func version() string {
	if Version != "" {
		return Version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel-" + s.Value[:12]
		}
	}
	return "devel"
}

type versionCmd struct{}

func (versionCmd) Help() string { return "Example:\n  privyseal version --json" }

func (versionCmd) Run(m *Main) error {
	v := struct {
		Version string `json:"version"`
		Go      string `json:"go"`
		System  string `json:"system"`
	}{version(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	return m.show(v, func(w io.Writer) { fmt.Fprintf(w, "privyseal %s (%s, %s)\n", v.Version, v.Go, v.System) })
}
