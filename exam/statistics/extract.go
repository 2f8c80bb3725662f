package statistics

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
	"github.com/proba-exam/proba/internal/fault"
)

const (
	// page is how many attempts an extract holds: some hundred kilobytes.
	page = 256
	// readers is how many attempts of a page are read at once, of two pages at a time:
	// enough to hide a database's round trips, few enough to leave the learners their
	// share.
	readers = 2
)

// Marks of responses that have none.
const (
	omitted    = -1
	notReached = -2
)

// extract is what a page of an exam's attempts holds for statistics. Attempts are listed
// by ascending id and only ever added, so that the n-th page keeps its attempts.
type extract struct {
	// Algorithm read it: rows of another one are read again.
	Algorithm int `json:"algorithm"`
	// Release and KeyChange are what the marks rest on.
	Release   string `json:"release"`
	KeyChange int    `json:"key_change"`
	Rows      []row  `json:"rows"`
}

// row is one attempt. What does not count has no items.
type row struct {
	Attempt string     `json:"id"`
	Version int64      `json:"v"`
	State   exam.State `json:"st"`
	First   bool       `json:"first,omitempty"`
	Lang    string     `json:"l,omitempty"`
	Sitting string     `json:"s,omitempty"`
	At      time.Time  `json:"at,omitzero"`
	// Score of Max in ten-thousandths of a point, by the result that stands.
	Score  exam.Points `json:"sc,omitempty"`
	Max    exam.Points `json:"mx,omitempty"`
	Passed bool        `json:"p,omitempty"`
	// Drawn is the score that the form was drawn to let a candidate at the cut expect,
	// as a share of its maximum; 0 when it was drawn without saying.
	Drawn float64 `json:"d,omitempty"`
	// Columns of the responses: items, marks in ten-thousandths (or omitted,
	// notReached), options, and milliseconds on the screen, 0 when not known; no times
	// when none is.
	Items   []int32 `json:"i,omitempty"`
	Marks   []int32 `json:"m,omitempty"`
	Options []int16 `json:"o,omitempty"`
	Times   []int32 `json:"t,omitempty"`
}

func (r *row) counts() bool { return counts(r.First, r.State) }

// counts reports whether an attempt in this state counts.
func counts(first bool, s exam.State) bool {
	return first && (s == exam.Graded || s == exam.Released)
}

// reader goes through the attempts of one exam.
type reader struct {
	exams *exam.Service
	store Store
	exam  *exam.Exam
	bank  *exam.Bank
	keys  *exam.Keying
	run   int
	// heads are all attempts by ascending id, and listed says which these are, in which
	// versions, and what is made of them.
	heads  []head
	listed string
	print  hash.Hash
	counts Counts
	// regions of the sittings that were met, each read once: a run sees no two of one.
	regions map[string]string
	// take is given every row that counts, by ascending attempt, and its region.
	take func(w *row, region string)
	// tell hears after each page how many attempts were gone through.
	tell func(ctx context.Context, done int) error
}

// head is what the list of attempts says of one.
type head struct {
	id      string
	version int64
	state   exam.State
	first   bool
}

// list finds out which attempts there are.
func (r *reader) list(ctx context.Context) error {
	listed := r.newPrint()
	for after := ""; ; {
		some, err := r.exams.Attempts(ctx, exam.AttemptFilter{Exam: r.exam.ID}, after, page)
		if err != nil {
			return fmt.Errorf("attempts of exam %s: %w", r.exam.ID, err)
		}
		for i := range some {
			after = some[i].ID
			r.heads = append(r.heads, head{after, some[i].Version, some[i].State, some[i].Number == 1})
			fmt.Fprintf(listed, "%s %d\n", after, some[i].Version)
			if !counts(some[i].Number == 1, some[i].State) {
				continue
			}
			if err := r.printRegion(ctx, listed, some[i].Sitting); err != nil {
				return err
			}
		}
		if err := r.tell(ctx, 0); err != nil {
			return err
		}
		if len(some) < page {
			r.listed = hex.EncodeToString(listed.Sum(nil))
			return nil
		}
	}
}

// newPrint begins a hash with what every attempt is read and computed by.
func (r *reader) newPrint() hash.Hash {
	h := sha256.New()
	fmt.Fprintf(h, "%s %d %d %d\n", r.exam.Release, len(r.exam.KeyChanges), algorithm, reading)
	return h
}

// printRegion adds a sitting and its region, which may be another one long after the
// attempts: their versions do not tell.
func (r *reader) printRegion(ctx context.Context, h hash.Hash, sitting string) error {
	region, err := r.region(ctx, sitting)
	if err == nil {
		fmt.Fprintf(h, "%q %q\n", sitting, region)
	}
	return err
}

// region of a sitting, "" of none.
func (r *reader) region(ctx context.Context, sitting string) (string, error) {
	if region, ok := r.regions[sitting]; ok || sitting == "" {
		return region, nil
	}
	found, err := r.exams.Sitting(ctx, sitting)
	if err != nil && fault.Of(err) != fault.NotFound {
		return "", fmt.Errorf("region of sitting %s: %w", sitting, err)
	}
	if r.regions == nil {
		r.regions = make(map[string]string)
	}
	r.regions[sitting] = found.Region
	return found.Region, nil
}

// counting is how many of the attempts that were listed count.
func (r *reader) counting() int {
	n := 0
	for _, h := range r.heads {
		if counts(h.first, h.state) {
			n++
		}
	}
	return n
}

// read goes through the attempts that were listed. Pages whose attempts have not changed
// are taken from their extracts; one is fetched while the one before is taken.
func (r *reader) read(ctx context.Context) error {
	r.print = r.newPrint()
	group, ctx := errgroup.WithContext(ctx)
	pages := make(chan chan extract, 1)
	group.Go(func() error {
		defer close(pages)
		n := 0
		for heads := range slices.Chunk(r.heads, page) {
			name, fetched := extractPart(n), make(chan extract, 1)
			select {
			case pages <- fetched:
			case <-ctx.Done():
				return ctx.Err()
			}
			group.Go(func() error {
				x, err := r.page(ctx, name, heads)
				fetched <- x
				return err
			})
			n++
		}
		return nil
	})
	group.Go(func() error {
		for fetched := range pages {
			x := <-fetched
			if err := ctx.Err(); err != nil {
				return err
			}
			for i := range x.Rows {
				if err := r.count(ctx, &x.Rows[i]); err != nil {
					return err
				}
			}
			if err := r.tell(ctx, r.counts.Read); err != nil {
				return err
			}
		}
		return nil
	})
	return group.Wait()
}

func extractPart(n int) string { return fmt.Sprintf("extract/%d", n) }

func (r *reader) count(ctx context.Context, w *row) error {
	r.counts.Read++
	switch {
	case w.State == exam.Voided:
		r.counts.Voided++
	case w.State != exam.Graded && w.State != exam.Released:
		r.counts.Unfinished++
	case !w.First:
		r.counts.Retakes++
	default:
		r.counts.Counted++
		r.counts.Responses += len(w.Items)
	}
	if !w.counts() {
		return nil
	}
	r.print.Write([]byte(w.Attempt))
	r.print.Write(binary.LittleEndian.AppendUint64(nil, uint64(w.Version)))
	if err := r.printRegion(ctx, r.print, w.Sitting); err != nil {
		return err
	}
	r.take(w, r.regions[w.Sitting])
	return nil
}

// page is the extract of a page of attempts, read again as far as they have changed.
func (r *reader) page(ctx context.Context, name string, heads []head) (extract, error) {
	stored, err := load[extract](ctx, r.store, r.exam.ID, name)
	if err != nil && fault.Of(err) != fault.NotFound {
		return extract{}, err
	}
	known := make(map[string]*row)
	if stored.Algorithm == reading && stored.Release == r.exam.Release && stored.KeyChange == len(r.exam.KeyChanges) {
		for i := range stored.Rows {
			known[stored.Rows[i].Attempt] = &stored.Rows[i]
		}
	}
	x := extract{Algorithm: reading, Release: r.exam.Release, KeyChange: len(r.exam.KeyChanges), Rows: make([]row, len(heads))}
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	changed := len(known) != len(heads)
	for i := range heads {
		if w := known[heads[i].id]; w != nil && w.Version == heads[i].version {
			x.Rows[i] = *w
			continue
		}
		changed = true
		group.Go(func() (err error) {
			x.Rows[i], err = r.row(inner, &heads[i])
			return err
		})
	}
	if err := group.Wait(); err != nil || !changed {
		return x, err
	}
	return x, save(ctx, r.store, Part{Exam: r.exam.ID, Name: name, Run: r.run}, x)
}

// row reads one attempt whole if it counts.
func (r *reader) row(ctx context.Context, head *head) (row, error) {
	w := row{Attempt: head.id, Version: head.version, State: head.state, First: head.first}
	if !w.counts() {
		return w, nil
	}
	a, err := r.exams.Attempt(ctx, head.id)
	if err != nil {
		return row{}, fmt.Errorf("attempt %s: %w", head.id, err)
	}
	w.Version, w.State = a.Version, a.State // it may have changed since it was listed
	if !w.counts() || a.Result == nil {
		return w, nil
	}
	observed, err := r.bank.Observe(r.keys, &a)
	if err != nil {
		return row{}, fmt.Errorf("attempt %s: %w", head.id, err)
	}
	w.Lang, w.Sitting, w.At = a.Lang, a.Sitting, a.FinishedAt
	w.Score, w.Max, w.Passed = a.Result.Score, a.Result.Max, a.Result.Passed
	for _, o := range observed {
		mark := int32(o.Mark)
		switch {
		case !o.Reached:
			mark = notReached
		case !o.Answered:
			mark = omitted
		}
		w.Items, w.Marks, w.Options = append(w.Items, int32(o.Item)), append(w.Marks, mark), append(w.Options, int16(o.Option))
	}
	w.Times = timesOf(&a, observed)
	scored := 0 // as drawn: what was dropped or granted later is in what was expected
	for n := range a.Form.Slots {
		if !a.Form.Slots[n].Pretest() {
			scored++
		}
	}
	if e := a.Form.Equivalence; e != nil && scored > 0 {
		w.Drawn = e.Expected[1] / float64(scored)
	}
	return w, nil
}

// cells adds the responses of the row as those of person p.
func (r *row) cells(p int32, all []responses.Cell) []responses.Cell {
	for n, item := range r.Items {
		c := responses.Cell{Person: p, Item: item, Option: r.Options[n]}
		switch r.Marks[n] {
		case omitted:
			c.State = responses.Omitted
		case notReached:
			c.State = responses.NotReached
		default:
			c.Mark = float64(r.Marks[n]) / float64(exam.OnePoint)
		}
		if n < len(r.Times) {
			c.Seconds = float32(r.Times[n]) / 1000
		}
		all = append(all, c)
	}
	return all
}

func load[T any](ctx context.Context, s Store, exam, name string) (T, error) {
	var v T
	p, err := s.Part(ctx, exam, name)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(p.Data, &v); err != nil {
		return v, fmt.Errorf("stored statistics %s of exam %s: %w", name, exam, err)
	}
	return v, nil
}

func save(ctx context.Context, s Store, p Part, v any) error {
	var err error
	if p.Data, err = json.Marshal(v); err != nil {
		return fmt.Errorf("encode statistics %s of exam %s: %w", p.Name, p.Exam, err)
	}
	return s.PutPart(ctx, p)
}
