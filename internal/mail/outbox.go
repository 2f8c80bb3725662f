package mail

import (
	"context"
	"log/slog"
	"time"
)

const (
	// waiting is how many jobs may wait: a class that forgot its passwords at once.
	waiting = 256
	// jobTime bounds one job: a list of invitations over a slow relay.
	jobTime = 10 * time.Minute
	// tries is how often a letter is given to the sender before it is given up.
	tries = 3
	// pause is between two tries: a relay that is busy for a moment answers 421 to each
	// that comes at once.
	pause = 2 * time.Second
)

// Job writes letters and gives each to out, which tries several times and returns the
// last error: then nobody sends the letter later. It runs in the background, so that the
// caller's time does not depend on whether there is anything to write. Its error is logged.
type Job func(ctx context.Context, out Sender) error

// Outbox sends letters in the background, in the order of the jobs. What waits is
// lost when the process ends: the person asks again.
type Outbox struct {
	sender Sender
	log    *slog.Logger
	after  func(time.Duration) <-chan time.Time
	jobs   chan Job
}

// NewOutbox returns an outbox; Run has to be started. after is time.After, or a test's:
// it is waited for between two tries.
func NewOutbox(sender Sender, log *slog.Logger, after func(time.Duration) <-chan time.Time) *Outbox {
	return &Outbox{sender: sender, log: log, after: after, jobs: make(chan Job, waiting)}
}

// Post hands the job over, and reports false when too many are waiting.
func (o *Outbox) Post(j Job) bool {
	select {
	case o.jobs <- j:
		return true
	default:
		return false
	}
}

// Run sends until the context ends.
func (o *Outbox) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-o.jobs:
			o.do(ctx, j)
		}
	}
}

func (o *Outbox) do(ctx context.Context, j Job) {
	ctx, cancel := context.WithTimeout(ctx, jobTime)
	defer cancel()
	if err := j(ctx, patient{o}); err != nil {
		o.log.Error("a letter was not sent", "err", err)
	}
}

// patient is the outbox's sender for a job: it tries again.
type patient struct{ *Outbox }

// Send implements Sender.
func (p patient) Send(ctx context.Context, m Message) error {
	for try := 1; ; try++ {
		err := p.sender.Send(ctx, m)
		if err == nil {
			p.log.Info("a letter was sent")
			return nil
		}
		if try == tries {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-p.after(pause):
		}
	}
}
