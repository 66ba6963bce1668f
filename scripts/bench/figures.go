package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// place is where a figure stands: a table, its row, its column, which names the unit.
type place struct{ table, row, column string }

// figures are what was measured, in order.
type figures struct {
	order  []place
	values map[place]float64
}

func newFigures() *figures { return &figures{values: map[place]float64{}} }

func (f *figures) set(table, row, column string, value float64) {
	at := place{table, row, column}
	if _, known := f.values[at]; !known {
		f.order = append(f.order, at)
	}
	f.values[at] = value
}

// get answers a figure, and whether it was measured.
func (f *figures) get(table, row, column string) (float64, bool) {
	v, ok := f.values[place{table, row, column}]
	return v, ok
}

// medians answers the median of every figure over the rounds that have it.
func medians(rounds []*figures) *figures {
	out := newFigures()
	for _, round := range rounds {
		for _, at := range round.order {
			if _, done := out.values[at]; done {
				continue
			}
			var all []float64
			for _, r := range rounds {
				if v, ok := r.values[at]; ok {
					all = append(all, v)
				}
			}
			slices.Sort(all)
			out.set(at.table, at.row, at.column, (all[(len(all)-1)/2]+all[len(all)/2])/2)
		}
	}
	return out
}

// quantile is the value below which so many of 100 are, in milliseconds.
func quantile(took []time.Duration, percent int) float64 {
	if len(took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(took))
	return float64(sorted[min(len(sorted)*percent/100, len(sorted)-1)].Microseconds()) / 1000
}

// nested is table → row → column → value.
func (f *figures) nested() map[string]map[string]map[string]float64 {
	out := map[string]map[string]map[string]float64{}
	for at, v := range f.values {
		if out[at.table] == nil {
			out[at.table] = map[string]map[string]float64{}
		}
		if out[at.table][at.row] == nil {
			out[at.table][at.row] = map[string]float64{}
		}
		out[at.table][at.row][at.column] = v
	}
	return out
}

// tables are all figures in Markdown.
func (f *figures) tables() string {
	var names []string
	rows, columns := map[string][]string{}, map[string][]string{}
	add := func(list []string, s string) []string {
		if slices.Contains(list, s) {
			return list
		}
		return append(list, s)
	}
	for _, at := range f.order {
		names = add(names, at.table)
		rows[at.table] = add(rows[at.table], at.row)
		columns[at.table] = add(columns[at.table], at.column)
	}
	var out strings.Builder
	for _, name := range names {
		fmt.Fprintf(&out, "\n| %s | %s |\n|---%s|\n", name, strings.Join(columns[name], " | "), strings.Repeat("|---", len(columns[name])))
		for _, row := range rows[name] {
			fmt.Fprintf(&out, "| %s ", row)
			for _, column := range columns[name] {
				text := ""
				if v, ok := f.get(name, row, column); ok {
					text = short(v)
				}
				fmt.Fprintf(&out, "| %s ", text)
			}
			out.WriteString("|\n")
		}
	}
	return out.String()
}

// short is a number with three digits that count.
func short(v float64) string {
	switch {
	case v >= 100 || v <= -100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10 || v <= -10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1 || v <= -1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}
