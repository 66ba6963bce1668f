// Package metrics is the signer in figures, for Prometheus. It refuses to count
// anything itself, and to say whose it is: no key, app, person or content is in
// a name or a label; the only label from outside is a relay's address.
package metrics

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/relay"
)

// Source is where the figures come from.
type Source struct {
	Status func() (control.Status, error)
	Relay  func() (relay.Stats, bool) // our own; false: there is none
	Now    func() time.Time
}

// Handler serves the figures at /metrics, read anew each time, with those of Go
// and the process.
func Handler(s Source) http.Handler {
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(collector{s}, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second}))
	return mux
}

// collector turns what the signer says of itself into figures.
type collector struct{ Source }

// Describe implements [prometheus.Collector]: every figure there can be.
func (c collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range all {
		to <- d
	}
}

// all are the descriptions, filled where each is made.
var all []*prometheus.Desc

func desc(name, help string, labels ...string) *prometheus.Desc {
	d := prometheus.NewDesc("privyseal_"+name, help, labels, nil)
	all = append(all, d)
	return d
}

// Collect implements [prometheus.Collector].
func (c collector) Collect(to chan<- prometheus.Metric) {
	out := emitter(to)
	s, err := c.Status()
	out.flag(up, err == nil)
	if err != nil {
		return
	}
	out.gauge(info, 1, s.Version)
	out.gauge(started, seconds(s.Started))
	out.flag(locked, s.Locked)
	out.flag(hasVault, s.HasVault)
	out.flag(olderCopy, s.OlderCopy != "")
	out.gauge(epoch, float64(s.Epoch))
	out.gauge(identities, float64(s.Identities))
	out.gauge(apps, float64(s.Apps))
	out.gauge(questions, float64(s.Questions))
	waits := 0
	if s.Waiting != nil {
		waits = s.Waiting.Requests
	}
	out.gauge(waiting, float64(waits))
	out.flag(storeHealthy, s.Store == "ok")
	out.gauge(records, float64(s.Chain.Records))
	if !s.Chain.Last.IsZero() {
		out.gauge(recordAge, max(c.Now().Sub(s.Chain.Last).Seconds(), 0))
	}
	out.counters(s.Counters)
	out.answers(s.Answers)
	out.relays(s.Relays)
	out.sink(s.Sink)
	if stats, ok := c.Relay(); ok {
		out.own(stats)
	}
}

// emitter writes figures.
type emitter chan<- prometheus.Metric

func (e emitter) gauge(d *prometheus.Desc, v float64, labels ...string) {
	e <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

func (e emitter) count(d *prometheus.Desc, v float64, labels ...string) {
	e <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
}

func (e emitter) flag(d *prometheus.Desc, yes bool, labels ...string) {
	v := 0.0
	if yes {
		v = 1
	}
	e.gauge(d, v, labels...)
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// counters shows what the keeper counts, by kind. Requests are told by outcome
// and the rest by name; both come from our own code, never from outside.
func (e emitter) counters(n map[string]int) {
	for _, o := range outcomes {
		e.count(requests, float64(n["requests_"+o]), o)
	}
	for _, name := range named {
		e.count(events, float64(n[name]), name)
	}
	for name, v := range n {
		outcome, request := strings.CutPrefix(name, "requests_")
		if request && slices.Contains(outcomes, outcome) || slices.Contains(named, name) {
			continue
		}
		e.count(events, float64(v), name)
	}
}

func (e emitter) answers(l control.Latency) {
	buckets := map[float64]uint64{}
	for i, b := range l.Bounds {
		if i < len(l.Within) {
			buckets[b] = l.Within[i]
		}
	}
	e <- prometheus.MustNewConstHistogram(answered, l.Count, l.Sum, buckets)
}

// maxRelays bounds how many relays are told apart.
const maxRelays = 100

func (e emitter) relays(list []control.RelayInfo) {
	for _, r := range list[:min(len(list), maxRelays)] {
		for _, state := range states {
			e.flag(relayState, r.State == string(state), r.URL, string(state))
		}
		e.flag(relayDeaf, r.Health == "deaf", r.URL)
		e.flag(relayGood, r.Health == "good", r.URL)
		e.gauge(relayKeys, float64(r.Keys), r.URL)
		e.gauge(relayLive, float64(r.Live), r.URL)
		e.gauge(relayMisses, float64(r.Misses), r.URL)
		if r.RoundTrip > 0 {
			e.gauge(relayTrip, r.RoundTrip/1000, r.URL)
		}
		if r.Heard != nil {
			e.gauge(relayHeard, seconds(*r.Heard), r.URL)
		}
	}
}

func (e emitter) sink(s *control.SinkInfo) {
	e.flag(sinkSet, s != nil)
	if s == nil {
		return
	}
	e.flag(sinkFailing, s.Failing != "")
	e.flag(sinkFault, s.Fault != "")
	e.gauge(sinkBehind, float64(s.Behind))
	if !s.ConfirmedAt.IsZero() {
		e.gauge(sinkConfirmed, seconds(s.ConfirmedAt))
	}
}

func (e emitter) own(s relay.Stats) {
	e.count(ownAccepted, float64(s.Accepted))
	for why, n := range s.Refused {
		e.count(ownRefused, float64(n), why)
	}
	e.count(ownDelivered, float64(s.Delivered))
	e.count(ownKept, float64(s.Kept))
	e.count(ownReplayed, float64(s.Replayed))
	e.count(ownSlow, float64(s.Slow))
	e.count(ownTook, s.Took.Seconds())
	e.gauge(ownConnections, float64(s.Connections))
	e.gauge(ownSubscriptions, float64(s.Subscriptions))
	e.gauge(ownMail, float64(s.MailEvents))
	e.gauge(ownMailBytes, float64(s.MailBytes))
}
