package main

import (
	"io"
	"log/slog"
)

// logFlags say how the program's log looks. It goes to standard error and never
// holds content.
type logFlags struct {
	LogLevel  string `enum:",debug,info,warn,error" default:"" placeholder:"LEVEL" help:"debug, info, warn or error; else the setting log-level."`
	LogFormat string `enum:"text,json" default:"text" help:"text or json."`
}

// logger makes the log; its level may change while it runs.
func (f logFlags) logger(w io.Writer) (*slog.Logger, *slog.LevelVar) {
	level := new(slog.LevelVar)
	setLevel(level, f.LogLevel)
	o := &slog.HandlerOptions{Level: level}
	if f.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o)), level
	}
	return slog.New(slog.NewTextHandler(w, o)), level
}

// gathered is the log of a half, whose lines are written together.
func (f logFlags) gathered(m *Main) (*slog.Logger, *slog.LevelVar) {
	g := &gathered{to: m.Stderr}
	m.closers = append(m.closers, g.flush)
	log, level := f.logger(g)
	return slog.New(promptly{log.Handler(), g}), level
}

func setLevel(level *slog.LevelVar, name string) {
	var l slog.Level
	if name != "" && l.UnmarshalText([]byte(name)) == nil {
		level.Set(l)
	}
}

// settingLevel is the setting of the log's level.
const settingLevel = "log-level"
