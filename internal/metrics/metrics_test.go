package metrics_test

import (
	"errors"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/metrics"
	"github.com/privyseal/privyseal/internal/relay"
)

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// full is a signer with something of everything.
func full() metrics.Source {
	heard := now.Add(-time.Minute)
	return metrics.Source{
		Now: func() time.Time { return now },
		Relay: func() (relay.Stats, bool) {
			return relay.Stats{Accepted: 7, Refused: map[string]uint64{"invalid": 2}}, true
		},
		Status: func() (control.Status, error) {
			return control.Status{
				Version: "1.2.3", Started: now.Add(-time.Hour), Locked: true, HasVault: true, Identities: 2, Apps: 3, Questions: 1,
				Waiting: &control.Waiting{Requests: 4}, Store: "ok", Epoch: 2,
				Chain: control.ChainInfo{Records: 42, Last: now.Add(-5 * time.Second)},
				Relays: []control.RelayInfo{
					{URL: "wss://a.example", State: "up", Health: "deaf", Keys: 3, Live: 2, Misses: 5},
					{URL: "ws://127.0.0.1:4646", Own: true, State: "up", Health: "good", RoundTrip: 2.5, Heard: &heard},
				},
				Counters: map[string]int{"requests_allowed": 9, "requests_asked": 2, "strangers_dropped": 11, "brake_pulled": 1},
				Sink:     &control.SinkInfo{Where: "file:/x", Behind: 6, Failing: "too far behind", Fault: "full", ConfirmedAt: now},
				Answers:  control.Latency{Bounds: []float64{0.1, 1}, Within: []uint64{3, 4}, Count: 5, Sum: 12.5},
			}, nil
		},
	}
}

func get(t *testing.T, s metrics.Source) string {
	t.Helper()
	w := httptest.NewRecorder()
	metrics.Handler(s).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("%d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestFigures(t *testing.T) {
	text := get(t, full())
	for _, want := range []string{
		`privyseal_up 1`, `privyseal_info{version="1.2.3"} 1`, `privyseal_vault_locked 1`, `privyseal_store_healthy 1`,
		`privyseal_records 42`, `privyseal_record_age_seconds 5`, `privyseal_requests_waiting_unlock 4`, `privyseal_older_copy 0`,
		`privyseal_requests_total{outcome="allowed"} 9`, `privyseal_requests_total{outcome="expired"} 0`,
		`privyseal_events_total{event="requests_asked"} 2`, `privyseal_events_total{event="brake_pulled"} 1`, `privyseal_events_total{event="clock_jumps"} 0`,
		`privyseal_relay_deaf{relay="wss://a.example"} 1`, `privyseal_relay_good{relay="ws://127.0.0.1:4646"} 1`,
		`privyseal_relay_state{relay="wss://a.example",state="up"} 1`, `privyseal_relay_state{relay="wss://a.example",state="down"} 0`,
		`privyseal_relay_round_trip_seconds{relay="ws://127.0.0.1:4646"} 0.0025`,
		`privyseal_sink_failing 1`, `privyseal_sink_behind_records 6`,
		`privyseal_answer_seconds_bucket{le="0.1"} 3`, `privyseal_answer_seconds_bucket{le="+Inf"} 5`, `privyseal_answer_seconds_sum 12.5`,
		`privyseal_own_relay_accepted_total 7`, `privyseal_own_relay_refused_total{reason="invalid"} 2`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("missing: %s", want)
		}
	}
	for _, also := range []string{"go_goroutines ", "process_start_time_seconds "} {
		if !strings.Contains(text, "\n"+also) {
			t.Errorf("missing: %s", also)
		}
	}
}

// A signer without a sink, a relay, records or an answer still has figures.
func TestNothingYet(t *testing.T) {
	s := full()
	s.Relay = func() (relay.Stats, bool) { return relay.Stats{}, false }
	s.Status = func() (control.Status, error) { return control.Status{Store: "disk full"}, nil }
	text := get(t, s)
	for _, want := range []string{"privyseal_up 1", "privyseal_store_healthy 0", "privyseal_sink_set 0"} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("missing: %s", want)
		}
	}
	if strings.Contains(text, "own_relay") || strings.Contains(text, "record_age") || strings.Contains(text, "sink_failing") {
		t.Error("figures of what is not there")
	}
	s.Status = func() (control.Status, error) { return control.Status{}, errors.New("stopped") }
	if text := get(t, s); !strings.Contains(text, "privyseal_up 0\n") || strings.Contains(text, "privyseal_store_healthy") {
		t.Errorf("of a keeper that does not answer: %s", text)
	}
}

// However many relays apps bring along, the series stay bounded.
func TestLabelsAreBounded(t *testing.T) {
	s := full()
	st, _ := s.Status()
	for i := range 1000 {
		st.Relays = append(st.Relays, control.RelayInfo{URL: "wss://" + strings.Repeat("x", i+1) + ".example"})
	}
	s.Status = func() (control.Status, error) { return st, nil }
	if n := strings.Count(get(t, s), "\nprivyseal_relay_deaf{"); n != 100 {
		t.Errorf("%d relays are told apart", n)
	}
}

func TestOnlyFiguresAreServed(t *testing.T) {
	for _, x := range [][2]string{{"GET", "/"}, {"POST", "/metrics"}, {"GET", "/debug/pprof/"}} {
		w := httptest.NewRecorder()
		metrics.Handler(full()).ServeHTTP(w, httptest.NewRequest(x[0], x[1], nil))
		if w.Code != 404 && w.Code != 405 {
			t.Errorf("%v: %d", x, w.Code)
		}
	}
}

// Every figure that an alerting rule uses is one there is, with the labels it
// names, and every rule says what to do.
func TestAlertsUseFiguresThereAre(t *testing.T) {
	raw, err := os.ReadFile("../../packaging/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	text := get(t, full())
	rules := strings.Split(string(raw), "- alert: ")[1:]
	if len(rules) < 8 {
		t.Fatalf("%d rules", len(rules))
	}
	name := regexp.MustCompile(`privyseal_[a-z_]+(\{[^}]*\})?`)
	label := regexp.MustCompile(`([a-z_]+)="([^"]*)"`)
	var names []string
	for _, rule := range rules {
		expr := regexp.MustCompile(`(?m)^ +expr: (.*)$`).FindStringSubmatch(rule)
		if expr == nil || !strings.Contains(rule, "severity: ") || !strings.Contains(rule, "summary: ") || !strings.Contains(rule, "description: ") {
			t.Errorf("a rule lacks a part: %s", rule)
			continue
		}
		used := name.FindAllString(expr[1], -1)
		if len(used) == 0 {
			t.Errorf("a rule uses no figure of ours: %s", expr[1])
		}
		for _, u := range used {
			bare, labels, _ := strings.Cut(u, "{")
			names = append(names, bare)
			found := false
			for line := range strings.Lines(text) {
				ours := strings.HasPrefix(line, bare+" ") || strings.HasPrefix(line, bare+"{")
				for _, l := range label.FindAllString(labels, -1) {
					ours = ours && strings.Contains(line, l)
				}
				found = found || ours
			}
			if !found {
				t.Errorf("there is no figure %s", u)
			}
		}
	}
	for _, want := range []string{"privyseal_up", "privyseal_relay_deaf", "privyseal_store_healthy", "privyseal_vault_locked", "privyseal_sink_failing", "privyseal_relay_state", "privyseal_events_total"} {
		if !slices.Contains(names, want) {
			t.Errorf("no rule looks at %s", want)
		}
	}
}
