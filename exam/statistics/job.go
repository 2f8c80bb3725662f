package statistics

import "time"

// State is where a job stands.
type State string

// The states of a job.
const (
	// Waiting: somebody has asked, and nobody works at it yet.
	Waiting State = "waiting"
	// Reading goes through the attempts.
	Reading State = "reading"
	// Estimating computes.
	Estimating State = "estimating"
	// Ready has a result, which is looked at again when DueAt comes.
	Ready State = "ready"
)

const (
	// lease is how long a copy of the service may say nothing of its work before another
	// one takes it over. It tells every few seconds.
	lease = 2 * time.Minute
	// telling is how often progress is stored at most.
	telling = time.Second
	// daily is when a result is looked at again by itself: it costs a look at the
	// attempts where none has changed.
	daily = 24 * time.Hour
	// longestDelay bounds the wait after steps that failed.
	longestDelay = time.Hour
)

// Job is the standing order to analyse an exam.
type Job struct {
	Schema  int    `json:"schema"`
	Exam    string `json:"exam"`
	Version int64  `json:"version"`
	State   State  `json:"state"`
	// Run counts the computations that were begun. Whoever begins one owns it until
	// another begins: a run's number is its lease's token.
	Run int `json:"run"`
	// Done of Total: attempts while reading, parts of the work while estimating.
	Done  int `json:"done"`
	Total int `json:"total"`
	// DueAt is when somebody has to begin: at once, when a lease has run out, or when
	// a result is a day old.
	DueAt time.Time `json:"due_at,omitzero"`
	// BegunAt is when the run began, and CheckedAt when the result was last found to be
	// of the attempts that there are.
	BegunAt   time.Time `json:"begun_at,omitzero"`
	CheckedAt time.Time `json:"checked_at,omitzero"`
	// Failures counts runs that failed since one succeeded.
	Failures int `json:"failures,omitempty"`
}

// Moving reports whether somebody works at it, or is about to.
func (j Job) Moving() bool { return j.State != Ready && j.State != "" }

// ask has the job begin as soon as somebody is there; true when it is under way.
func (j *Job) ask(now time.Time) (unchanged bool) {
	if j.Moving() {
		return true
	}
	j.State, j.DueAt, j.Done, j.Total, j.Failures = Waiting, now, 0, 0, 0
	return false
}

// begin takes the lease of a new run.
func (j *Job) begin(now time.Time) {
	j.State, j.BegunAt, j.DueAt, j.Done, j.Total = Reading, now, now.Add(lease), 0, 0
	j.Run++
}

// end is a run that came to its end.
func (j *Job) end(now time.Time) {
	j.State, j.CheckedAt, j.DueAt, j.Failures = Ready, now, now.Add(daily), 0
}

// fail is a run that broke off: again later, twice as late each time.
func (j *Job) fail(now time.Time) {
	delay := min(longestDelay, time.Second<<min(j.Failures, 12))
	j.State, j.DueAt = Waiting, now.Add(delay)
	j.Failures++
}
