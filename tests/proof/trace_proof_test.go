//go:build proof

package proof

import "testing"

// TestEachSignatureFollowsASync traces the real program: between the arrival of
// a request and the write of its signature the write-ahead log was written and
// its sync completed, in both builds. A build that does not sync must be caught.
func TestEachSignatureFollowsASync(t *testing.T) {
	n := amount(t, "PROOF_TRACED", 50, 1000)
	answers, unsynced := trace(t, n, "")
	if answers < n || unsynced > 0 {
		t.Errorf("%d signatures left, of %d asked for; %d without a sync of the record before them", answers, n, unsynced)
	}
	inC, unsyncedInC := trace(t, 10, withC)
	if inC < 10 || unsyncedInC > 0 {
		t.Errorf("%d signatures left the build with C, of 10 asked for; %d without a sync of the record before them", inC, unsyncedInC)
	}
	blind, caught := trace(t, 10, "unsafe_nosync")
	if blind < 10 || caught < 10 {
		t.Errorf("of a build with synchronous=OFF, %d of %d signatures were seen to be unsynced", caught, blind)
	}
	figure(t, "system-call trace", "%d of %d published signatures follow a completed fsync of the log written since their request arrived, and %d of %d in the build with C; with synchronous=OFF %d of %d do not", answers-unsynced, answers, inC-unsyncedInC, inC, caught, blind)
}
