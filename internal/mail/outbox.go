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
)

// Job writes letters. It runs in the background, so that the caller's time does not
// depend on whether there is anything to write.
type Job func(ctx context.Context) ([]Message, error)

// Outbox sends letters in the background, in the order of the jobs. What waits is
// lost when the process ends: the person asks again.
type Outbox struct {
	sender Sender
	log    *slog.Logger
	jobs   chan Job
}

// NewOutbox returns an outbox; Run has to be started.
func NewOutbox(sender Sender, log *slog.Logger) *Outbox {
	return &Outbox{sender: sender, log: log, jobs: make(chan Job, waiting)}
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
	letters, err := j(ctx)
	if err != nil {
		o.log.Error("a letter could not be written", "err", err)
	}
	for _, m := range letters {
		var err error
		for range tries {
			if err = o.sender.Send(ctx, m); err == nil {
				break
			}
		}
		if err != nil {
			o.log.Error("a letter could not be sent", "err", err)
			continue
		}
		o.log.Info("a letter was sent")
	}
}
