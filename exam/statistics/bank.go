package statistics

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
	"github.com/proba-exam/proba/internal/fault"
)

// bankJob begins the name under which jobs and parts of banks are kept beside those of
// exams, whose ids have no colon.
const bankJob = "bank:"

// AskBank has the items of the release analysed over all exams, as Ask does an exam.
// "release.not_found".
func (s *Service) AskBank(ctx context.Context, release string) (Job, error) {
	if _, err := s.exams.Bank(ctx, release); err != nil {
		return Job{}, err
	}
	return s.ask(ctx, bankJob+release)
}

// BankJob says how far that analysis is. "release.not_found".
func (s *Service) BankJob(ctx context.Context, release string) (Job, error) {
	if _, err := s.exams.Bank(ctx, release); err != nil {
		return Job{}, err
	}
	j, err := s.store.Job(ctx, bankJob+release)
	if fault.Of(err) == fault.NotFound {
		return Job{Exam: bankJob + release}, nil
	}
	return j, err
}

// BankResult returns what was found last. "statistics.part_not_found".
func (s *Service) BankResult(ctx context.Context, release string) (BankResult, error) {
	return load[BankResult](ctx, s.store, bankJob+release, resultPart)
}

// BankItem returns what was found of an item. "statistics.part_not_found".
func (s *Service) BankItem(ctx context.Context, release, item string) (BankItemResult, error) {
	return load[BankItemResult](ctx, s.store, bankJob+release, itemPart(item))
}

// pool is what a run over a bank has read.
type pool struct {
	bank   *exam.Bank
	print  hash.Hash
	exams  []BankExam
	people []responses.Person
	cells  []responses.Cell
	// of each person, the exam by its place in exams
	exam         []int
	lang, region []string
	// flags of the exams' own statistics, by exam and item.
	flags map[string]map[string][]ctt.Flag
}

// readOnly keeps extracts of exams as they are: they belong to the jobs of these.
type readOnly struct{ Store }

// PutPart implements Store.
func (readOnly) PutPart(context.Context, Part) error { return nil }

// poolBank is a run over a bank.
func (w *worker) poolBank(ctx context.Context, release string) error {
	s := w.service
	bank, err := s.exams.Bank(ctx, release)
	if err != nil {
		return err
	}
	former, err := s.BankResult(ctx, release)
	if err != nil && fault.Of(err) != fault.NotFound {
		return err
	}
	p := &pool{bank: bank, print: sha256.New(), flags: make(map[string]map[string][]ctt.Flag)}
	fmt.Fprintf(p.print, "%s %d\n", release, algorithm)
	for after := ""; ; {
		all, err := s.exams.Exams(ctx, after, page)
		if err != nil {
			return fmt.Errorf("exams of release %s: %w", release, err)
		}
		for i := range all {
			after = all[i].ID
			if err := w.poolExam(ctx, p, &all[i]); err != nil {
				return err
			}
		}
		if len(all) < page {
			break
		}
	}
	print := hex.EncodeToString(p.print.Sum(nil))
	if former.Fingerprint == print { // the same attempts by the same keys say the same
		return nil
	}
	var lost error
	result, items := p.analyse(func(done int) {
		if err := w.tell(ctx, Estimating, done, bankStages); err != nil && lost == nil {
			lost = err
		}
	})
	if lost != nil {
		return lost
	}
	result.Fingerprint, result.Run, result.ComputedAt = print, w.job.Run, s.moment()
	for i := range items {
		items[i].Run, items[i].ComputedAt = result.Run, result.ComputedAt
	}
	if err := saveItems(ctx, w, items, func(it BankItemResult) string { return it.Item }, bankStages); err != nil {
		return err
	}
	return save(ctx, s.store, Part{Exam: w.job.Exam, Name: resultPart, Run: result.Run}, result)
}

// poolExam adds what people answered in one exam, if it asked items of the bank.
func (w *worker) poolExam(ctx context.Context, p *pool, e *exam.Exam) error {
	if e.State == exam.ExamDraft {
		return nil
	}
	s := w.service
	r := &reader{exams: s.exams, store: readOnly{s.store}, exam: e, run: w.job.Run}
	var err error
	if r.bank, err = s.exams.Bank(ctx, e.Release); err != nil {
		return err
	}
	place := places(p.bank, r.bank)
	if place == nil {
		return nil
	}
	if r.keys, err = s.exams.Keying(ctx, e); err != nil {
		return err
	}
	before, cells := len(p.people), len(p.cells)
	r.take = func(row *row, region string) { p.add(row, place, region) }
	read := w.job.Done
	r.tell = func(ctx context.Context, done int) error {
		return w.tell(ctx, Reading, read+done, 0)
	}
	if err := r.list(ctx); err != nil {
		return err
	}
	if err := r.read(ctx); err != nil {
		return err
	}
	if len(p.people) == before {
		return nil
	}
	fmt.Fprintf(p.print, "%s %s %x\n", e.ID, e.Blueprint.Role, r.print.Sum(nil))
	x := BankExam{Exam: e.ID, Role: e.Blueprint.Role, People: len(p.people) - before}
	if x.Counts = x.People >= LeastPeople; !x.Counts {
		p.people, p.cells = p.people[:before], p.cells[:cells]
		p.exam, p.lang, p.region = p.exam[:before], p.lang[:before], p.region[:before]
	}
	p.exams = append(p.exams, x)
	return w.ownFlags(ctx, p, e.ID)
}

// ownFlags reads those that the exam's own statistics raise.
func (w *worker) ownFlags(ctx context.Context, p *pool, id string) error {
	own, err := w.service.Result(ctx, id)
	if fault.Of(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	p.flags[id] = make(map[string][]ctt.Flag)
	for _, line := range own.Items {
		p.flags[id][line.Item] = line.Flags
	}
	fmt.Fprintf(p.print, "own %s\n", own.Fingerprint)
	return nil
}

// places says where in the bank each item of the other one stands, −1 for one that it has
// not, or has worded otherwise; nil when there is none.
func places(b, other *exam.Bank) []int32 {
	all, any := make([]int32, other.Items()), false
	for i := range all {
		all[i] = -1
		if n, ok := b.Number(other.Revision(i).Item.ID); ok && b.Revision(n).Hash == other.Revision(i).Hash {
			all[i], any = int32(n), true
		}
	}
	if !any {
		return nil
	}
	return all
}

func (p *pool) add(r *row, place []int32, region string) {
	n := int32(len(p.people))
	from := len(p.cells)
	p.cells = r.cells(n, p.cells)
	kept := p.cells[:from]
	for _, c := range p.cells[from:] {
		if c.Item = place[c.Item]; c.Item >= 0 {
			c.Option = responses.NoOption // keys may differ from exam to exam; see the exams' own statistics
			kept = append(kept, c)
		}
	}
	if p.cells = kept; len(kept) == from {
		return
	}
	inOrder(kept[from:])
	p.people = append(p.people, responses.Person{Count: 1, At: r.At})
	p.exam = append(p.exam, len(p.exams))
	p.lang, p.region = append(p.lang, r.Lang), append(p.region, region)
}

// releaseOf is the release that a job is for, if it is one of a bank.
func releaseOf(j *Job) (release string, ok bool) { return strings.CutPrefix(j.Exam, bankJob) }

// sorted lists exams by falling number of people.
func sorted(exams []BankExam) []BankExam {
	all := slices.Clone(exams)
	slices.SortFunc(all, func(a, b BankExam) int { return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.Exam, b.Exam)) })
	return all
}
