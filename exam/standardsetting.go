package exam

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/internal/fault"
)

const (
	// factAttempts is how many attempts real difficulty is taken from: enough for some
	// hundred answers an item, and read in a second or two.
	factAttempts = 3000
	// scoreAttempts is how many results the compromises look at.
	scoreAttempts = 20_000
)

// PanelDraft is a panel that somebody calls together.
type PanelDraft struct {
	// ID is the caller's, so that the call can be repeated.
	ID   string
	Exam string
	// Items is how many are rated, spread over the blueprint's items; 0 for all.
	Items  int
	Judges []string
}

// CreatePanel opens the first round. Repeating the call completes it. Faults:
// "panel.invalid", "panel.exists".
func (s *Service) CreatePanel(ctx context.Context, by string, d PanelDraft) (Panel, error) {
	e, err := s.store.Exam(ctx, d.Exam)
	if err != nil {
		return Panel{}, err
	}
	plan, err := s.plan(ctx, &e)
	if err != nil {
		return Panel{}, err
	}
	judges := slices.Compact(slices.Sorted(slices.Values(d.Judges)))
	items := plan.spread(d.Items)
	var faults []fault.Field
	if !idPattern.MatchString(d.ID) {
		faults = append(faults, fault.Field{Path: "/id", Message: fmt.Sprintf("%q is not an id: use 3 to 64 small letters, digits and hyphens", d.ID)})
	}
	if n := len(judges); n < minJudges || n > maxJudges {
		faults = append(faults, fault.Field{Path: "/judges", Message: fmt.Sprintf("names %d judges; a panel has %d to %d", n, minJudges, maxJudges)})
	}
	if n := len(items); d.Items < 0 || n < 2 || n > maxRated {
		faults = append(faults, fault.Field{Path: "/items", Message: fmt.Sprintf("would be %d; a panel rates 2 to %d items", n, maxRated)})
	}
	if len(faults) > 0 {
		return Panel{}, fault.New(fault.Invalid, "panel.invalid", "The panel has %d faults.", len(faults)).At(faults...)
	}
	now := s.moment()
	p := Panel{Schema: 1, ID: d.ID, Version: 1, Exam: e.ID, State: PanelRating, Round: 1, Items: items, Judges: judges, CreatedBy: by, CreatedAt: now}
	p.note(now, "created", by, "")
	if err := s.store.InsertPanel(ctx, p); err != nil {
		stored, getErr := s.store.Panel(ctx, d.ID)
		if getErr != nil || stored.Exam != p.Exam || !slices.Equal(stored.Judges, judges) || !slices.Equal(stored.Items, items) {
			return Panel{}, err
		}
		p = stored
	}
	for _, judge := range p.Judges {
		err := s.store.PutBallot(ctx, Ballot{Schema: 1, Panel: p.ID, Judge: judge})
		if err != nil && fault.Code(err) != "ballot.stale" {
			return Panel{}, fmt.Errorf("ballot: %w", err)
		}
	}
	return p, nil
}

// spread takes n scored items evenly from those that the plan draws from, in the order of
// the bank; all of them for 0.
func (p *Plan) spread(n int) []ItemRef {
	var all []int
	for i := range p.unitOf {
		if !p.bank.items[i].Item.Pretest {
			all = append(all, i)
		}
	}
	slices.Sort(all)
	if n <= 0 || n > len(all) {
		n = len(all)
	}
	refs := make([]ItemRef, n)
	for k := range refs {
		refs[k] = p.heads[all[k*len(all)/n]].ref
	}
	return refs
}

// Panel returns it. "panel.not_found".
func (s *Service) Panel(ctx context.Context, id string) (Panel, error) { return s.store.Panel(ctx, id) }

// PanelsOf lists an exam's.
func (s *Service) PanelsOf(ctx context.Context, exam, after string, limit int) ([]Panel, error) {
	return s.store.PanelsOf(ctx, exam, after, limit)
}

// BallotsIn lists what the judges of a panel said so far.
func (s *Service) BallotsIn(ctx context.Context, panel string) ([]Ballot, error) {
	return s.store.BallotsIn(ctx, panel, "", maxJudges)
}

// PanelsFor lists the panels of a judge.
func (s *Service) PanelsFor(ctx context.Context, judge string) ([]Panel, error) {
	ballots, err := s.store.BallotsOf(ctx, judge, "", regradePage)
	if err != nil {
		return nil, err
	}
	panels := make([]Panel, len(ballots))
	for i, b := range ballots {
		if panels[i], err = s.store.Panel(ctx, b.Panel); err != nil {
			return nil, err
		}
	}
	return panels, nil
}

// Seat is a panel as one of its judges sees it.
type Seat struct {
	Panel  Panel
	Exam   Exam
	Bank   *Bank
	Ballot Ballot
	// Open says that keys, real difficulty and what the others said may be seen: once
	// the judge has rated without them and the round is closed.
	Open bool
}

// Seat returns it. A panel of which the person is no judge is "panel.not_found".
func (s *Service) Seat(ctx context.Context, judge, panel string) (Seat, error) {
	b, err := s.store.Ballot(ctx, panel, judge)
	if fault.Of(err) == fault.NotFound {
		return Seat{}, fault.New(fault.NotFound, "panel.not_found", "There is no such panel.")
	}
	if err != nil {
		return Seat{}, err
	}
	p, err := s.store.Panel(ctx, panel)
	if err != nil {
		return Seat{}, err
	}
	e, err := s.store.Exam(ctx, p.Exam)
	if err != nil {
		return Seat{}, err
	}
	bank, err := s.Bank(ctx, e.Release)
	if err != nil {
		return Seat{}, err
	}
	_, rated := b.vote(1)
	return Seat{Panel: p, Exam: e, Bank: bank, Ballot: b, Open: rated && (p.State != PanelRating || p.Round > 1)}, nil
}

// Rate stores a judge's ratings of the open round; see Ballot.Rate. A stale page does not
// overwrite what was stored since: version is that of the ballot that was seen.
func (s *Service) Rate(ctx context.Context, judge, panel string, version int64, round int, r BallotRound) error {
	seat, err := s.Seat(ctx, judge, panel)
	if err != nil {
		return err
	}
	b := seat.Ballot
	if err := b.Rate(&seat.Panel, round, r, s.moment()); err != nil {
		return err
	}
	b.Version = version
	return s.store.PutBallot(ctx, b)
}

// changePanel is compare-and-set of one panel.
func (s *Service) changePanel(ctx context.Context, id string, apply func(*Panel) error) (Panel, error) {
	for range maxConflicts {
		p, err := s.store.Panel(ctx, id)
		if err != nil {
			return Panel{}, err
		}
		if err := apply(&p); err != nil {
			return Panel{}, err
		}
		err = s.store.UpdatePanel(ctx, p)
		if err == nil {
			p.Version++
			return p, nil
		}
		if fault.Code(err) != "panel.stale" {
			return Panel{}, fmt.Errorf("store panel %s: %w", id, err)
		}
	}
	return Panel{}, fault.New(fault.Unavailable, "panel.busy", "This panel is being changed by others; try again.")
}

// CloseRound ends the open round. Faults: "panel.judges" while fewer than two have handed
// in, "panel.state".
func (s *Service) CloseRound(ctx context.Context, by, id string) (Panel, error) {
	p, err := s.store.Panel(ctx, id)
	if err != nil {
		return Panel{}, err
	}
	var facts []ItemFact
	if p.Facts == nil {
		if facts, err = s.facts(ctx, &p); err != nil {
			return Panel{}, err
		}
	}
	return s.changePanel(ctx, id, func(p *Panel) error {
		ballots, err := s.BallotsIn(ctx, id)
		if err != nil {
			return err
		}
		return p.CloseRound(by, ballots, facts, s.moment())
	})
}

// OpenRound has the judges rate once more.
func (s *Service) OpenRound(ctx context.Context, by, id string) (Panel, error) {
	return s.changePanel(ctx, id, func(p *Panel) error { return p.OpenRound(by, s.moment()) })
}

// facts sums up how the panel's items were answered. Items whose marks a key change made
// meaningless have none.
func (s *Service) facts(ctx context.Context, p *Panel) ([]ItemFact, error) {
	e, err := s.store.Exam(ctx, p.Exam)
	if err != nil {
		return nil, err
	}
	place := make(map[ItemRef]int, len(p.Items))
	for i, ref := range p.Items {
		if policy := e.Corrected(ref.ID); policy != Drop && policy != FullCredit {
			place[ref] = i
		}
	}
	sums, facts := make([]Points, len(p.Items)), make([]ItemFact, len(p.Items))
	var mu sync.Mutex
	for after, seen := "", 0; seen < factAttempts; {
		all, err := s.store.Attempts(ctx, AttemptFilter{Exam: p.Exam}, after, regradePage)
		if err != nil {
			return nil, err
		}
		work, ctx := errgroup.WithContext(ctx)
		work.SetLimit(regradeWorkers)
		for _, head := range all {
			after = head.ID
			if head.Result == nil || head.State == Voided {
				continue
			}
			seen++
			work.Go(func() error {
				a, err := s.store.Attempt(ctx, head.ID)
				if err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				for n, slot := range a.Form.Slots {
					if i, ok := place[slot.Item]; ok && !slot.Pretest() {
						sums[i] += a.Result.Marks[n]
						facts[i].N++
					}
				}
				return nil
			})
		}
		if err := work.Wait(); err != nil {
			return nil, fmt.Errorf("real difficulty: %w", err)
		}
		if len(all) < regradePage {
			break
		}
	}
	for i := range facts {
		if facts[i].N > 0 {
			facts[i].P = float64(sums[i]) / float64(OnePoint) / float64(facts[i].N)
		}
	}
	return facts, nil
}

// scores are results of the exam in percent, rounded down.
func (s *Service) scores(ctx context.Context, exam string) ([]int, error) {
	var scores []int
	for after := ""; len(scores) < scoreAttempts; {
		all, err := s.store.Attempts(ctx, AttemptFilter{Exam: exam}, after, regradePage)
		if err != nil {
			return nil, err
		}
		for _, a := range all {
			after = a.ID
			if a.Result != nil && a.State != Voided && a.Result.Max > 0 {
				scores = append(scores, a.Result.BasisPoints()/100)
			}
		}
		if len(all) < regradePage {
			break
		}
	}
	return scores, nil
}

// JudgePeople replaces what people who know candidates said of them. Whoever has no graded
// attempt at the exam is left out and returned.
func (s *Service) JudgePeople(ctx context.Context, by, id string, people []PersonJudged) (Panel, []string, error) {
	if len(people) > MaxJudged {
		return Panel{}, nil, fault.New(fault.TooLarge, "panel.people", "A panel has at most %d judged people.", MaxJudged)
	}
	p, err := s.store.Panel(ctx, id)
	if err != nil {
		return Panel{}, nil, err
	}
	var judged []PersonJudged
	var without []string
	for _, j := range people {
		all, err := s.store.Attempts(ctx, AttemptFilter{Exam: p.Exam, Person: j.Person}, "", MaxAttempts)
		if err != nil {
			return Panel{}, nil, err
		}
		all = slices.DeleteFunc(all, func(a Attempt) bool { return a.Result == nil || a.State == Voided || a.Result.Max == 0 })
		if len(all) == 0 {
			without = append(without, j.Person)
			continue
		}
		first := slices.MinFunc(all, func(a, b Attempt) int { return a.Number - b.Number })
		j.Attempt, j.Share = first.ID, float64(first.Result.Score)/float64(first.Result.Max)
		judged = append(judged, j)
	}
	p, err = s.changePanel(ctx, id, func(p *Panel) error {
		if p.State == PanelSigned || p.State == PanelConcluded {
			return p.must(PanelDiscussing)
		}
		p.People = judged
		p.note(s.moment(), "people judged", by, fmt.Sprint(len(judged)))
		return nil
	})
	return p, without, err
}

// ConcludePanel computes the report after the last round.
func (s *Service) ConcludePanel(ctx context.Context, by, id string) (Panel, error) {
	p, err := s.store.Panel(ctx, id)
	if err != nil {
		return Panel{}, err
	}
	e, err := s.store.Exam(ctx, p.Exam)
	if err != nil {
		return Panel{}, err
	}
	plan, calibration, err := s.calibrated(ctx, &e)
	if err != nil {
		return Panel{}, err
	}
	scores, err := s.scores(ctx, p.Exam)
	if err != nil {
		return Panel{}, err
	}
	return s.changePanel(ctx, id, func(p *Panel) error {
		if err := p.must(PanelDiscussing); err != nil {
			return err
		}
		var err error
		if p.Outcome, err = p.conclude(plan, calibration, scores); err != nil {
			return err
		}
		p.State = PanelConcluded
		p.note(s.moment(), "concluded", by, "")
		return nil
	})
}

func (s *Service) calibrated(ctx context.Context, e *Exam) (*Plan, *Calibration, error) {
	plan, err := s.plan(ctx, e)
	if err != nil || e.Calibration == "" {
		return plan, nil, err
	}
	c, err := s.store.Calibration(ctx, e.Calibration)
	return plan, &c, err
}

// SignPanel makes the cut of one method the standard, for good. Faults: "panel.state",
// "panel.method" for one without a cut.
func (s *Service) SignPanel(ctx context.Context, by, id, method, why string) (Panel, error) {
	p, err := s.store.Panel(ctx, id)
	if err != nil {
		return Panel{}, err
	}
	e, err := s.store.Exam(ctx, p.Exam)
	if err != nil {
		return Panel{}, err
	}
	plan, err := s.plan(ctx, &e)
	if err != nil {
		return Panel{}, err
	}
	return s.changePanel(ctx, id, func(p *Panel) error {
		if err := p.must(PanelConcluded); err != nil {
			return err
		}
		cut := p.Outcome.Cuts[method]
		if !cut.Known() || cut.Value <= 0 || cut.Value >= 1 {
			return fault.New(fault.Invalid, "panel.method", "This method has given no cut.").At(fault.Field{Path: "/method", Message: "has given no cut"})
		}
		now := s.moment()
		d := Decision{Method: method, Cut: int(math.Ceil(cut.Value*fullBasisPoints - 1e-6)), Calibration: p.Outcome.Calibration, By: by, At: now, Reason: why}
		d.Theta, d.SE = plan.abilityAt(cut.Value), plan.abilityError(cut)
		if method == ByAngoff {
			d.Theta, d.SE = p.Outcome.Theta.Value, p.Outcome.Theta.SE
		}
		p.State, p.Decision = PanelSigned, &d
		p.note(now, "signed", by, why)
		return nil
	})
}

// abilityError carries the standard error of a share over to ability.
func (p *Plan) abilityError(cut Finding) float64 {
	return (p.abilityAt(cut.Value+cut.SE) - p.abilityAt(cut.Value-cut.SE)) / 2
}

// AdoptStandard gives a draft exam the standard of a signed panel. The draft has to draw
// from the same release for the same role, on the same calibration: an ability means
// something on one scale only. Faults: "panel.state", "panel.unfit", "exam.published".
func (s *Service) AdoptStandard(ctx context.Context, id, exam string) (Exam, error) {
	p, err := s.store.Panel(ctx, id)
	if err != nil {
		return Exam{}, err
	}
	if err := p.must(PanelSigned); err != nil {
		return Exam{}, err
	}
	from, err := s.store.Exam(ctx, p.Exam)
	if err != nil {
		return Exam{}, err
	}
	for range maxConflicts {
		e, err := s.store.Exam(ctx, exam)
		if err != nil {
			return Exam{}, err
		}
		if e.State != ExamDraft {
			return Exam{}, fault.New(fault.Conflict, "exam.published", "A published exam cannot be edited: people have sat it. Make another one from it.")
		}
		if e.Release != from.Release || e.Blueprint.Role != from.Blueprint.Role || e.Calibration != "" && e.Calibration != p.Decision.Calibration {
			return Exam{}, fault.New(fault.Conflict, "panel.unfit", "This draft draws from another release, for another role or by another calibration than the panel's exam.")
		}
		e.Blueprint.Standard = &Standard{Panel: p.ID, Theta: p.Decision.Theta, SE: p.Decision.SE}
		e.Blueprint.Cut, e.Calibration = p.Decision.Cut, p.Decision.Calibration
		err = s.store.UpdateExam(ctx, e)
		if err == nil {
			e.Version++
			return e, nil
		}
		if fault.Code(err) != "exam.stale" {
			return Exam{}, fmt.Errorf("adopt the standard: %w", err)
		}
	}
	return Exam{}, fault.New(fault.Unavailable, "exam.busy", "This exam is being changed by others; try again.")
}

// checkStandard reports why the exam's standard is not that of a signed panel.
func (s *Service) checkStandard(ctx context.Context, e *Exam) error {
	st := e.Blueprint.Standard
	if st == nil {
		return nil
	}
	p, err := s.store.Panel(ctx, st.Panel)
	if err != nil && fault.Of(err) != fault.NotFound {
		return err
	}
	if err != nil || p.State != PanelSigned || p.Decision.Theta != st.Theta || p.Decision.SE != st.SE || p.Decision.Calibration != e.Calibration {
		return fault.New(fault.Invalid, "exam.standard", "The standard of this exam is not the one that its panel has signed.").
			At(fault.Field{Path: "/blueprint/standard", Message: "is not what the panel has signed, or rests on another calibration"})
	}
	return nil
}
