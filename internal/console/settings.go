package console

import (
	"slices"
	"strconv"
	"strings"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
)

// field is how a setting is asked for.
type field struct {
	key  string
	form form
	of   []string // choices, units, or the names of two numbers
}

type form int

const (
	text   form = iota
	choice      // of a few
	amount      // a number of one thing
	span        // a number with its unit
	pair        // two numbers
	behind      // a span and a number
	deeds       // some of what apps ask for
)

// serious are the deeds that are offered to be careful with.
var serious = []string{"sign_event:5", "sign_event:0", "sign_event:3", "sign_event:10002", "sign_event:30023", "nip44_decrypt"}

// groups are the settings as the page shows them.
var groups = []struct {
	name   string
	fields []field
}{
	{"apps", []field{{"preset", choice, []string{"ask", "sign-in", "social", "messages", "trusted"}}, {"rate-reading", amount, []string{"texts"}}, {"look-up", choice, []string{"on", "off"}}, {"names", text, nil}, {"language", choice, words.Languages()}}},
	{"money", []field{{"tip-limit", amount, []string{"sats"}}, {"pay-limit", amount, []string{"sats"}}, {"pay-daily", amount, []string{"sats"}}}},
	{"care", []field{{"two-people", deeds, nil}, {"veto", deeds, nil}, {"veto-for", span, []string{"s", "m", "h"}}, {"dead-man", span, []string{"d"}}}},
	{"address", []field{{"console-domain", text, nil}, {"console-origins", text, nil}, {"announce", choice, []string{"on", "off"}}}},
	{"record", []field{{"sink", text, nil}, {"sink-every", span, []string{"s", "m", "h"}}, {"sink-behind", behind, []string{"s", "m", "h"}}}},
	{"network", []field{{"socks", text, nil}, {"push-hosts", text, nil}, {"metrics", text, nil}, {"log-level", choice, []string{"debug", "info", "warn", "error"}}}},
	{"limits", []field{{"rate-app", pair, nil}, {"rate-app-refused", pair, nil}, {"rate-identity", pair, nil}, {"rate-stranger", pair, nil}}},
}

// choiceTexts are texts of the catalogue for what a choice is called.
var choiceTexts = map[string]string{"preset": "preset-", "look-up": "set-", "announce": "set-", "log-level": "level-"}

// asked is a setting as the page shows it.
type asked struct {
	control.SettingInfo
	Form, Name, About, Usual string
	First, Second, Unit      string
	Choices                  []option
}

type option struct {
	Value, Name string
	Chosen      bool
}

// group is some settings under one heading.
type group struct {
	Name   string
	Fields []asked
}

// grouped puts settings under their headings; what has no place stands last, as
// the keeper tells it.
func grouped(c *words.Catalogue, all []control.SettingInfo) []group {
	var out []group
	for _, g := range groups {
		here := group{Name: c.Page("group-" + g.name)}
		for _, f := range g.fields {
			if i := slices.IndexFunc(all, func(s control.SettingInfo) bool { return s.Key == f.key }); i >= 0 {
				here.Fields = append(here.Fields, f.ask(c, all[i]))
				all = slices.Delete(slices.Clone(all), i, i+1)
			}
		}
		out = append(out, here)
	}
	rest := group{Name: c.Page("group-other")}
	for _, s := range all {
		rest.Fields = append(rest.Fields, asked{SettingInfo: s, Form: "text", Name: s.Key, About: s.About, First: s.Value})
	}
	if len(rest.Fields) > 0 {
		out = append(out, rest)
	}
	return out
}

// ask takes a setting apart for its form. What does not come apart is asked for
// as a text.
func (f field) ask(c *words.Catalogue, s control.SettingInfo) asked {
	a := asked{SettingInfo: s, Form: "text", Name: c.Page("set-" + f.key), About: c.Page("set-" + f.key + "-what"), Usual: f.tell(c, s.Default), First: s.Value}
	switch f.form {
	case text:
	case choice:
		a.Form = "choice"
		for _, v := range f.of {
			a.Choices = append(a.Choices, option{v, f.tell(c, v), v == s.Value})
		}
	case amount:
		a.Form, a.Unit = "amount", c.Page("unit-"+f.of[0])
	case pair:
		if one, two, ok := strings.Cut(s.Value, ","); ok {
			a.Form, a.First, a.Second = "pair", one, two
		}
	case span, behind:
		first, second, _ := strings.Cut(s.Value, ",")
		n, unit, ok := apart(first, f.of)
		if !ok {
			break
		}
		a.Form, a.First, a.Second = map[form]string{span: "span", behind: "behind"}[f.form], n, second
		for _, u := range f.of {
			a.Choices = append(a.Choices, option{u, c.Page("unit-" + u), u == unit})
		}
	case deeds:
		a.Form, a.First = "deeds", ""
		chosen, others := strings.Split(s.Value, ","), []string{}
		for _, p := range serious {
			a.Choices = append(a.Choices, option{p, deed(c, p), slices.Contains(chosen, p)})
		}
		for _, p := range chosen {
			if !slices.Contains(serious, p) {
				others = append(others, p)
			}
		}
		a.First = strings.Join(others, ",")
	}
	return a
}

// apart is a number and its unit; nothing has the first.
func apart(s string, units []string) (n, unit string, ok bool) {
	if s == "" {
		return "", units[0], true
	}
	n, unit = s[:len(s)-1], s[len(s)-1:]
	_, err := strconv.Atoi(n)
	return n, unit, err == nil && slices.Contains(units, unit)
}

func deed(c *words.Catalogue, perm string) string {
	if p, err := nip46.ParsePermissions(perm); err == nil && len(p) == 1 {
		return c.Deed(p[0])
	}
	return perm
}

// tell is a value in words.
func (f field) tell(c *words.Catalogue, value string) string {
	first, second, _ := strings.Cut(value, ",")
	n, unit, ok := "", "", false
	if f.form == span || f.form == behind {
		n, unit, ok = apart(first, f.of)
	}
	switch {
	case value == "":
		return c.Page("set-nothing")
	case f.form == choice && f.key == "language":
		return map[string]string{"en": "English", "es": "Español"}[value]
	case f.form == choice:
		return c.Page(choiceTexts[f.key] + value)
	case f.form == amount:
		return value + " " + c.Page("unit-"+f.of[0])
	case f.form == pair:
		return first + " " + c.Page("set-in-second") + ", " + second + " " + c.Page("set-at-once")
	case f.form == span && ok:
		return n + " " + c.Page("unit-"+unit)
	case f.form == behind && ok:
		return n + " " + c.Page("unit-"+unit) + ", " + second + " " + c.Page("set-entries")
	case f.form == deeds:
		var out []string
		for p := range strings.SplitSeq(value, ",") {
			out = append(out, deed(c, p))
		}
		return strings.Join(out, ", ")
	}
	return value
}

// fieldOf is how a setting is asked for.
func fieldOf(key string) field {
	for _, g := range groups {
		for _, f := range g.fields {
			if f.key == key {
				return f
			}
		}
	}
	return field{key: key}
}

func settingsPage(v *visit) {
	list(v, "settings", control.VerbSettingsList, nil, func(all []control.SettingInfo) map[string]any {
		return map[string]any{"Groups": grouped(v.say(), all)}
	})
}

// changeSetting puts a form's parts together, and says first what it comes to.
func changeSetting(v *visit) {
	get := func(name string) string { return strings.TrimSpace(v.r.PostFormValue(name)) }
	args := control.SettingArgs{Key: get("key"), Value: get("value")}
	if args.Value != "" {
		args.Value += get("unit")
	}
	if second := get("second"); args.Value != "" && second != "" {
		args.Value += "," + second
	}
	if chosen := v.r.PostForm["deed"]; len(chosen) > 0 {
		args.Value = strings.Trim(strings.Join(chosen, ",")+","+args.Value, ",")
	}
	f := fieldOf(args.Key)
	if name := v.say().Page("set-" + args.Key); name != "" {
		v.what = v.say().Page("set-change", "name", name, "text", f.tell(v.say(), args.Value))
	}
	if what, err := look[control.SettingChange](v, control.VerbSettingsLook, args); err == nil {
		v.warns = v.address(what)
	}
	if _, done := change[control.SettingInfo](v, control.VerbSettingsSet, args); done {
		v.redirect("/settings")
	}
}

// address says what another address of these pages comes to.
func (v *visit) address(c control.SettingChange) (out []string) {
	if !c.Moves {
		return nil
	}
	for _, p := range c.Stops {
		out = append(out, v.say().Page("address-stops", "name", p.Person, "text", p.Label, "host", p.Domain))
	}
	if len(c.Stops) == 0 {
		out = append(out, v.say().Page("address-none"))
	}
	return append(out, v.say().Page("address-moves", "text", strings.Join(c.Origins, ", ")))
}
