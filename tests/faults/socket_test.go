package faults

import (
	"testing"
	"time"
)

func TestSocketKilledMidRequest(t *testing.T) {
	t.Parallel()
	r := launchRelay(t)
	p := newProxy(t, r.url)
	s := launchSigner(t, p.url)
	a := s.pair(r.url)
	var worst time.Duration
	for range 8 {
		q := a.note()
		a.send(q)
		p.cut()
		cut := time.Now()
		a.signed(q)
		worst = max(worst, q.first.Sub(cut))
	}
	figure(t, "socket killed mid-request, 8 times", "the answer comes over the next connection", worst, recovery)
}

func TestSlowRelay(t *testing.T) {
	t.Parallel()
	far, near := launchRelay(t), launchRelay(t)
	p := newProxy(t, far.url)
	s := launchSigner(t, p.url, near.url)
	slowly, a := s.pair(far.url), s.pair(near.url)
	p.slow(600 * time.Millisecond)
	queued := slowly.note()
	slowly.send(queued)
	figure(t, "slow relay (0.6 s each way) beside another", "the other one is as quick as ever", a.sign(time.Now()), recovery)
	slowly.signed(queued)
	p.slow(0)
	figure(t, "slow relay (0.6 s each way), recovered", "everything answered, late", slowly.sign(time.Now()), recovery)
}

func TestTwoRelaysOneDying(t *testing.T) {
	t.Parallel()
	one, two := launchRelay(t), launchRelay(t)
	s := launchSigner(t, one.url, two.url)
	a := s.pair(one.url, two.url)
	q := a.note()
	a.send(q)
	one.kill()
	died := time.Now()
	a.relay = two.url
	if len(a.lines[two.url].publish(a.wrap(q, died)).reason) > 0 {
		t.Fatal("the other relay refused")
	}
	a.signed(q)
	figure(t, "two relays, one dies mid-request", "the same request over the other: one signature", max(0, q.first.Sub(died)), recovery)
	figure(t, "two relays, one dead", "the other serves", a.sign(time.Now()), recovery)
	one.again()
	a.relay = one.url
	figure(t, "two relays, the dead one back", "both serve", a.sign(time.Now()), recovery)
}
