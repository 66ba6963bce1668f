package main

import (
	"fmt"
	"strings"
)

// verdict is a goal with what was measured.
type verdict struct {
	What     string  `json:"what"`
	Limit    float64 `json:"goal"`
	Least    bool    `json:"at_least"` // the goal is a floor
	Figure   float64 `json:"figure"`
	Unit     string  `json:"unit"`
	Measured bool    `json:"measured"`
	Met      bool    `json:"met"`
}

// variant is a build of ours, with its goals. Seconds of CPU are goals for the
// machine on which the peer took peerSign for 1000 signs: what counts is the
// ratio, in one run. The curve's operations are those of the library that the
// goal was set by (one verify, two signs, one self-check took 88 µs in C: 0.15 s):
// beside our own, the faster they are the worse a request would look.
type variant struct {
	name, peer, library   string
	sign, crypt, peerSign float64
	latency, throughput   float64
}

var variants = []variant{
	{oursPure, peerPure, allInGo, 0.26, 0.26, 0.365, 0.35, 1.15},
	{oursFast, peerFast, allInC, 0.15, 0.14, 0.165, 0.25, 1},
}

// curveOf are the operations of a request: one verify, two signs, one of them
// with its self-check.
func curveOf(row string) []place {
	return []place{{curveTable, row, "verify"}, {curveTable, row, "sign"}, {curveTable, row, "sign and check"}}
}

// besideCurve holds CPU s per 1000 requests against their operations in µs.
func besideCurve(v []float64) float64 { return v[0] * 1000 / (v[1] + v[2] + v[3]) }

// goals holds the figures against the goals.
func goals(f *figures, o options) (out []verdict) {
	// add judges a figure made of others; it counts as measured if all are there.
	add := func(what, unit string, least bool, limit float64, from []place, make func(v []float64) float64) {
		v := verdict{What: what, Limit: limit, Least: least, Unit: unit, Measured: true}
		values := []float64{}
		for _, at := range from {
			value, ok := f.values[at]
			v.Measured = v.Measured && ok
			values = append(values, value)
		}
		if v.Measured {
			v.Figure = make(values)
			v.Met = v.Figure <= limit
			if least {
				v.Met = v.Figure >= limit
			}
		}
		out = append(out, v)
	}
	first := func(v []float64) float64 { return v[0] }
	ratio := func(v []float64) float64 { return v[0] / v[1] }
	less := func(v []float64) float64 { return v[0] - v[1] - v[2] }
	many := o.apps[len(o.apps)-1]
	for _, b := range variants {
		sign := b.name + " sign_event"
		cpu, peer := place{loaded, sign, cpuColumn}, place{loaded, b.peer + " sign_event", cpuColumn}
		add(b.name+": CPU per sign beside "+b.peer, "×", false, b.sign/b.peerSign, []place{cpu, peer}, ratio)
		add(b.name+": CPU per sign beside the curve's operations, "+b.library, "×", false, 1.7,
			append([]place{cpu}, curveOf(b.library)...), besideCurve)
		for _, method := range []string{"nip44_encrypt", "nip44_decrypt"} {
			add(fmt.Sprintf("%s: CPU per %s of 1 kB beside a sign of %s", b.name, method, b.peer), "×", false, b.crypt/b.peerSign,
				[]place{{loaded, b.name + " " + method, cpuColumn}, peer}, ratio)
		}
		for _, q := range []struct {
			percent int
			limit   float64
		}{{50, b.latency}, {99, 1}} {
			column := atColumn(q.percent, 1)
			add(fmt.Sprintf("%s: latency beyond echo and a commit after a pause, p%d", b.name, q.percent), "ms", false, q.limit,
				[]place{{loaded, sign, column}, {floor, echoRow, column}, {floor, pausedRow, column}}, less)
		}
		add(b.name+": throughput beside "+b.peer, "×", true, b.throughput, []place{{loaded, sign, rate}, {loaded, b.peer + " sign_event", rate}}, ratio)
		one, crowded := appsRow(b.name, o.apps[0]), appsRow(b.name, many)
		add(b.name+": memory at rest, all processes", "MB", false, 45, []place{{restTable, one, idleMB}}, first)
		add(fmt.Sprintf("%s: memory more with %d apps", b.name, many), "MB", false, 120,
			[]place{{restTable, crowded, idleMB}, {restTable, one, idleMB}}, func(v []float64) float64 { return v[0] - v[1] })
		add(b.name+": listening after", "ms", false, 50, []place{{restTable, one, listenMS}}, first)
		add(fmt.Sprintf("%s: ready with %d apps, less the key's derivation", b.name, many), "ms", false, 700,
			[]place{{restTable, crowded, readyMS}, {restTable, crowded, derivedMS}}, func(v []float64) float64 { return v[0] - v[1] })
		add(b.name+": CPU at rest", "%", false, 0.1, []place{{restTable, one, idleCPU}}, first)
		add(b.name+": binary", "MB", false, 30, []place{{restTable, one, sizeMB}}, first)
		add(b.name+": CPU for an inbox of 500", "s", false, 0.5, []place{{inboxTable, b.name, inboxCPU}}, first)
		add(b.name+": another app's p99 meanwhile", "×", false, 2, []place{{inboxTable, b.name, busyP99}, {inboxTable, b.name, quietP99}}, ratio)
	}
	add(fmt.Sprintf("memory grown over %d requests", o.growth), "MB", false, 1, []place{{growthTable, oursPure, growthMB}}, first)
	few, crowdedRelay := fmt.Sprintf(ownRow, fewEars), fmt.Sprintf(ownRow, manyEars)
	add("own relay: an event with 60,000 listeners beside 60", "×", false, 1.2, []place{{relayTable, crowdedRelay, eventCPU}, {relayTable, few, eventCPU}}, ratio)
	add("own relay: events/s beside a bare verifying relay", "×", true, 0.85, []place{{relayTable, few, eventRate}, {relayTable, bareRow, eventRate}}, ratio)
	add("own relay: an idle connection", "kB", false, 26, []place{{relayTable, "own relay", idleColumn}}, first)
	return out
}

// verdictTable are the verdicts in Markdown.
func verdictTable(all []verdict) string {
	var out strings.Builder
	out.WriteString("\n| goal | at most, or ≥ at least | measured | |\n|---|---|---|---|\n")
	for _, v := range all {
		sign, figure, met := "≤", short(v.Figure)+" "+v.Unit, "missed"
		switch {
		case !v.Measured:
			figure, met = "", "not measured"
		case v.Met:
			met = "met"
		}
		if v.Least {
			sign = "≥"
		}
		fmt.Fprintf(&out, "| %s | %s %s %s | %s | %s |\n", v.What, sign, short(v.Limit), v.Unit, figure, met)
	}
	return out.String()
}
