package main

import (
	"context"
	"fmt"
	"io"

	"github.com/privyseal/privyseal/internal/control"
)

type settingsCmd struct {
	List settingsListCmd `cmd:"" help:"List every setting with its default."`
	Get  settingsGetCmd  `cmd:"" help:"Print a setting."`
	Set  settingsSetCmd  `cmd:"" help:"Change a setting; an empty value restores the default."`
}

func (settingsCmd) Help() string {
	return "Examples:\n  privyseal settings list\n  privyseal settings set preset ask"
}

type settingsListCmd struct{}

func (settingsListCmd) Help() string { return "Example:\n  privyseal settings list" }

func (settingsListCmd) Run(ctx context.Context, m *Main) error {
	list, err := ask[[]control.SettingInfo](ctx, m, control.VerbSettingsList, nil)
	if err != nil {
		return err
	}
	return m.show(list, func(w io.Writer) {
		for _, s := range list {
			fmt.Fprintf(w, "%s = %s\n  %s\n", s.Key, printable(s.Value), s.About)
		}
	})
}

type settingsGetCmd struct {
	Key string `arg:"" help:"The setting's name."`
}

func (settingsGetCmd) Help() string { return "Example:\n  privyseal settings get preset" }

func (c *settingsGetCmd) Run(ctx context.Context, m *Main) error {
	s, err := ask[control.SettingInfo](ctx, m, control.VerbSettingsGet, control.Name{Name: c.Key})
	if err != nil {
		return err
	}
	return m.show(s, func(w io.Writer) { fmt.Fprintln(w, printable(s.Value)) })
}

type settingsSetCmd struct {
	Key   string `arg:"" help:"The setting's name."`
	Value string `arg:"" help:"Its new value."`
}

func (settingsSetCmd) Help() string {
	return "Examples:\n  privyseal settings set preset sign-in\n  privyseal settings set socks 127.0.0.1:9050"
}

func (c *settingsSetCmd) Run(ctx context.Context, m *Main) error {
	s, err := ask[control.SettingInfo](ctx, m, control.VerbSettingsSet, control.SettingArgs{Key: c.Key, Value: c.Value})
	if err != nil {
		return err
	}
	if s.Note != "" {
		m.warn("%s", s.Note)
	}
	return m.show(s, func(w io.Writer) { fmt.Fprintf(w, "%s = %s\n", s.Key, printable(s.Value)) })
}
