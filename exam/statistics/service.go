package statistics

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
	"github.com/proba-exam/proba/internal/fault"
)

const (
	// resultPart is the name of the result, and listedPart of which attempts were listed
	// for it.
	resultPart = "result"
	listedPart = "listed"
	// maxConflicts is how often a compare-and-set is tried again.
	maxConflicts = 16
)

// Service is the analysis of stored attempts. It is safe for concurrent use, also by
// several processes on one store.
type Service struct {
	store  Store
	exams  *exam.Service
	follow func(ctx context.Context, exam string) error
	now    func() time.Time
}

// Deps is what a Service needs.
type Deps struct {
	Store Store
	Exams *exam.Service
	// Follow, where it is set, does what follows from the result of an exam. A run is over
	// when it is done, and due again when it fails; it can be repeated.
	Follow func(ctx context.Context, exam string) error
	Now    func() time.Time
}

// NewService returns a service over the store.
func NewService(d Deps) *Service {
	return &Service{store: d.Store, exams: d.Exams, follow: d.Follow, now: d.Now}
}

// moment is the clock as everything is stored: UTC, whole milliseconds.
func (s *Service) moment() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// Ask has the exam analysed as soon as somebody is there. Asking while that is under way
// changes nothing. "exam.not_found".
func (s *Service) Ask(ctx context.Context, id string) (Job, error) {
	if _, err := s.exams.Exam(ctx, id); err != nil {
		return Job{}, err
	}
	return s.ask(ctx, id)
}

// ask has a job done that may not be there yet.
func (s *Service) ask(ctx context.Context, id string) (Job, error) {
	for range maxConflicts {
		j, err := s.store.Job(ctx, id)
		switch {
		case fault.Of(err) == fault.NotFound:
			j = Job{Schema: 1, Exam: id, Version: 1}
			j.ask(s.moment())
			err = s.store.InsertJob(ctx, j)
		case err != nil:
			return Job{}, err
		case j.ask(s.moment()):
			return j, nil
		default:
			err = s.store.UpdateJob(ctx, j)
			j.Version++
		}
		if code := fault.Code(err); code != "statistics.exists" && code != "statistics.stale" {
			return j, err
		}
	}
	return Job{}, fault.New(fault.Unavailable, "statistics.busy", "The statistics of this exam are being asked for by others; try again.")
}

// Job says how far the analysis of the exam is; one that nobody has asked for has no
// state. "exam.not_found".
func (s *Service) Job(ctx context.Context, id string) (Job, error) {
	if _, err := s.exams.Exam(ctx, id); err != nil {
		return Job{}, err
	}
	j, err := s.store.Job(ctx, id)
	if fault.Of(err) == fault.NotFound {
		return Job{Exam: id}, nil
	}
	return j, err
}

// Result returns what was found last. "statistics.part_not_found" before the first time.
func (s *Service) Result(ctx context.Context, exam string) (Result, error) {
	return load[Result](ctx, s.store, exam, resultPart)
}

// Item returns what was found of an item. "statistics.part_not_found".
func (s *Service) Item(ctx context.Context, exam, item string) (ItemResult, error) {
	return load[ItemResult](ctx, s.store, exam, itemPart(item))
}

// Due lists the jobs that somebody has to begin.
func (s *Service) Due(ctx context.Context, limit int) ([]Job, error) {
	return s.store.JobsDue(ctx, s.moment(), limit)
}

// errLost ends a run whose lease another copy has taken.
var errLost = fault.New(fault.Conflict, "statistics.lost", "Another copy of the service works at these statistics.")

// Run does a job that is due, from its beginning to its end. When another copy of the
// service was faster, or has taken the work over since this one said nothing for long,
// it does nothing more, which is no error.
func (s *Service) Run(ctx context.Context, due Job) error {
	w := &worker{service: s, job: due}
	w.job.begin(s.moment())
	err := s.store.UpdateJob(ctx, w.job)
	if fault.Code(err) == "statistics.stale" {
		return nil
	}
	if err != nil {
		return err
	}
	w.job.Version++
	w.told = s.moment()
	if err = w.run(ctx); err == nil {
		err = w.follow(ctx)
	}
	if err == nil {
		return w.update(ctx, func(j *Job) { j.end(s.moment()) })
	}
	if fault.Code(err) == "statistics.lost" {
		return nil
	}
	// Not with a context that may be what failed: the job would wait for its lease.
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if failed := w.update(after, func(j *Job) { j.fail(s.moment()) }); failed != nil {
		return fmt.Errorf("%w; and to say so: %v", err, failed)
	}
	return err
}

// worker is one run.
type worker struct {
	service *Service
	job     Job
	told    time.Time
}

// follow does what follows from a run over an exam, under a lease of its own.
func (w *worker) follow(ctx context.Context) error {
	s := w.service
	if _, pooled := releaseOf(&w.job); pooled || s.follow == nil {
		return nil
	}
	if err := w.update(ctx, func(j *Job) { j.DueAt = s.moment().Add(lease) }); err != nil {
		return err
	}
	return s.follow(ctx, w.job.Exam)
}

// update changes the job while this run has its lease.
func (w *worker) update(ctx context.Context, change func(*Job)) error {
	change(&w.job)
	err := w.service.store.UpdateJob(ctx, w.job)
	if fault.Code(err) == "statistics.stale" {
		return errLost
	}
	if err == nil {
		w.job.Version++
		w.told = w.service.moment()
	}
	return err
}

// tell stores how far the run is and keeps its lease, not more often than telling.
func (w *worker) tell(ctx context.Context, state State, done, total int) error {
	now := w.service.moment()
	if w.job.State == state && now.Sub(w.told) < telling {
		return nil
	}
	return w.update(ctx, func(j *Job) {
		j.State, j.Done, j.Total, j.DueAt = state, done, total, now.Add(lease)
	})
}

func (w *worker) run(ctx context.Context) error {
	if release, ok := releaseOf(&w.job); ok {
		return w.poolBank(ctx, release)
	}
	s := w.service
	e, err := s.exams.Exam(ctx, w.job.Exam)
	if err != nil {
		return err
	}
	if e.State == exam.ExamDraft {
		return nil // nobody has sat it, and its items may still change
	}
	former, err := s.Result(ctx, e.ID)
	if err != nil && fault.Of(err) != fault.NotFound {
		return err
	}
	r := &reader{exams: s.exams, store: s.store, exam: &e, run: w.job.Run}
	if r.bank, err = s.exams.Bank(ctx, e.Release); err != nil {
		return err
	}
	if r.keys, err = s.exams.Keying(ctx, &e); err != nil {
		return err
	}
	r.tell = func(ctx context.Context, done int) error {
		return w.tell(ctx, Reading, done, max(len(r.heads), former.Counts.Read))
	}
	if err := r.list(ctx); err != nil {
		return err
	}
	listed, err := load[string](ctx, s.store, e.ID, listedPart)
	if err != nil && fault.Of(err) != fault.NotFound {
		return err
	}
	if former.Run > 0 && listed == r.listed {
		return w.listen(ctx, &e, former.Counts.Counted)
	}
	sample, err := w.sample(ctx, r)
	if err != nil {
		return err
	}
	if err := w.listen(ctx, &e, r.counts.Counted); err != nil {
		return err
	}
	if err := w.conclude(ctx, r, sample, former); err != nil {
		return err
	}
	return save(ctx, s.store, Part{Exam: e.ID, Name: listedPart, Run: w.job.Run}, r.listed)
}

// sample reads all attempts. It has room for their responses from the beginning: a table that
// grows takes twice its memory.
func (w *worker) sample(ctx context.Context, r *reader) (*sample, error) {
	sample := &sample{cells: make([]responses.Cell, 0, r.counting()*(r.exam.Blueprint.Length()+r.exam.Blueprint.Pretest))}
	r.take = sample.add
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	r.heads = nil // computing wants their room
	return sample, nil
}

// conclude computes and stores what the sample says, unless the former result rests on the
// same attempts.
func (w *worker) conclude(ctx context.Context, r *reader, sample *sample, former Result) error {
	e, s := r.exam, w.service
	print := hex.EncodeToString(r.print.Sum(nil))
	if former.Fingerprint == print { // the same attempts by the same keys say the same
		if former.Counts == r.counts {
			return nil
		}
		former.Counts = r.counts // others were begun, voided or sat again
		return save(ctx, s.store, Part{Exam: e.ID, Name: resultPart, Run: w.job.Run}, former)
	}
	var lost error
	result, items, similar, effort := analyse(e, r.bank, r.keys, sample, func(done int) {
		if err := w.tell(ctx, Estimating, done, stages); err != nil && lost == nil {
			lost = err
		}
	})
	if lost != nil {
		return lost
	}
	result.Counts, result.Fingerprint = r.counts, print
	return w.store(ctx, result, items, similar, effort)
}

// store keeps the items first: who sees the result finds them all.
func (w *worker) store(ctx context.Context, r Result, items []ItemResult, similar Similar, effort Effort) error {
	r.Run, r.ComputedAt = w.job.Run, w.service.moment()
	for i := range items {
		items[i].Run, items[i].ComputedAt = r.Run, r.ComputedAt
	}
	if err := saveItems(ctx, w, items, func(it ItemResult) string { return it.Item }, stages); err != nil {
		return err
	}
	similar.Run, similar.Exam, similar.ComputedAt = r.Run, r.Exam, r.ComputedAt
	if err := save(ctx, w.service.store, Part{Exam: r.Exam, Name: similarPart, Run: r.Run}, similar); err != nil {
		return err
	}
	effort.Run, effort.Exam, effort.ComputedAt = r.Run, r.Exam, r.ComputedAt
	if err := save(ctx, w.service.store, Part{Exam: r.Exam, Name: effortPart, Run: r.Run}, effort); err != nil {
		return err
	}
	return save(ctx, w.service.store, Part{Exam: r.Exam, Name: resultPart, Run: r.Run}, r)
}

// saveItems stores what was found of items, some at once: a store commits together what
// waits together. stages is how many parts the work has, of which this is the last.
func saveItems[T any](ctx context.Context, w *worker, items []T, id func(T) string, stages int) error {
	const atOnce = 16
	for some := range slices.Chunk(items, atOnce) {
		group, inner := errgroup.WithContext(ctx)
		for _, it := range some {
			group.Go(func() error {
				return save(inner, w.service.store, Part{Exam: w.job.Exam, Name: itemPart(id(it)), Run: w.job.Run}, it)
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		if err := w.tell(ctx, Estimating, stages-1, stages); err != nil {
			return err
		}
	}
	return nil
}
