// Package failpoint names the moments of the pipeline at which a stop is
// tried: before and after every write, commit, key use and publish. In normal
// builds [Hit] compiles to nothing; with the build tag failpoints a test may
// watch every hit. It refuses to change what the program does.
package failpoint

// Point is a moment at which the program may stop.
type Point string

// The moments, in the order in which an allowed request passes them.
const (
	Recording  Point = "before the decision is handed to the store"
	Begin      Point = "before a transaction"
	AddWork    Point = "before work is added"
	WorkAdded  Point = "after work was added"
	Spend      Point = "before a budget or secret is spent"
	Append     Point = "before a record is appended"
	Appended   Point = "after a record was appended"
	Ask        Point = "before a question is stored"
	Answer     Point = "before a question's answer is stored"
	Commit     Point = "before COMMIT"
	Committed  Point = "after COMMIT, before anybody hears of it"
	Recorded   Point = "after the decision was recorded"
	KeyUse     Point = "before a user key is used"
	KeyUsed    Point = "after a user key was used"
	Finishing  Point = "before the outcome is queued for the record"
	Finished   Point = "after the outcome was queued for the record"
	FinishWork Point = "before work is finished"
	WorkDone   Point = "after work was finished"
	Owe        Point = "before an answer is owed"
	Owed       Point = "after an answer was owed"
	Publish    Point = "before answers are published"
	Published  Point = "after answers were published"
	Receipt    Point = "before a relay's receipt is taken"
	Settle     Point = "before it is stored who is still owed"
	Pairing    Point = "before a pairing is handed to the store"
	Paired     Point = "after a pairing was recorded"
	Resume     Point = "before what a stop left is finished"
)

// Points are all moments.
var Points = []Point{
	Recording, Begin, AddWork, WorkAdded, Spend, Append, Appended, Ask, Answer, Commit, Committed, Recorded,
	KeyUse, KeyUsed, Finishing, Finished, FinishWork, WorkDone, Owe, Owed, Publish, Published, Receipt, Settle,
	Pairing, Paired, Resume,
}
