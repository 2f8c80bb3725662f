package exam

import (
	"context"
	"fmt"
	"slices"

	"github.com/proba-exam/proba/internal/fault"
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
	p := Panel{Schema: 1, ID: d.ID, Version: 1, Exam: e.ID, Release: e.Release, Role: e.Blueprint.Role, State: PanelRating, Round: 1, Items: items, Judges: judges, CreatedBy: by, CreatedAt: now}
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

	keys *Keying // of the exam, as of now
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
	bank, err := s.Bank(ctx, p.Release)
	if err != nil {
		return Seat{}, err
	}
	keys, err := s.keying(ctx, &e)
	if err != nil {
		return Seat{}, err
	}
	_, rated := b.vote(1)
	return Seat{Panel: p, Exam: e, Bank: bank, Ballot: b, Open: rated && (p.State != PanelRating || p.Round > 1), keys: keys}, nil
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
	if err := s.store.PutBallot(ctx, b); err != nil {
		return err
	}
	// A round that was closed in between was counted without these ratings: nobody is
	// told that they were handed in.
	p, err := s.store.Panel(ctx, panel)
	if err != nil {
		return err
	}
	return p.open(round)
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
	facts, err := s.recount(ctx, id, func(p *Panel) error { return p.must(PanelRating) })
	if err != nil {
		return Panel{}, err
	}
	return s.changePanel(ctx, id, func(p *Panel) error {
		ballots, err := s.BallotsIn(ctx, id)
		if err != nil {
			return err
		}
		facts.into(p)
		return p.CloseRound(by, ballots, s.moment())
	})
}

// OpenRound has the judges rate once more.
func (s *Service) OpenRound(ctx context.Context, by, id string) (Panel, error) {
	facts, err := s.recount(ctx, id, (*Panel).mayReopen)
	if err != nil {
		return Panel{}, err
	}
	return s.changePanel(ctx, id, func(p *Panel) error {
		facts.into(p)
		return p.OpenRound(by, s.moment())
	})
}

// JudgePeople replaces what people who know candidates said of them. Whoever has no graded
// attempt at the exam is left out and returned. Faults: "panel.people" for too many,
// "panel.list" for somebody twice or without a grade.
func (s *Service) JudgePeople(ctx context.Context, by, id string, people []PersonJudged) (Panel, []string, error) {
	if err := checkJudged(people); err != nil {
		return Panel{}, nil, err
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

func checkJudged(people []PersonJudged) error {
	if len(people) > MaxJudged {
		return fault.New(fault.TooLarge, "panel.people", "A panel has at most %d judged people.", MaxJudged)
	}
	var faults []fault.Field
	seen := make(map[string]bool, len(people))
	for i, j := range people {
		if j.Grade != Below && j.Grade != Borderline && j.Grade != Above {
			faults = append(faults, fault.Field{Path: fmt.Sprintf("/people/%d/grade", i), Message: "must be below, borderline or above"})
		}
		if seen[j.Person] {
			faults = append(faults, fault.Field{Path: fmt.Sprintf("/people/%d/person", i), Message: "is judged twice"})
		}
		seen[j.Person] = true
	}
	if len(faults) > 0 {
		return fault.New(fault.Invalid, "panel.list", "The list has %d faults; nothing was stored.", len(faults)).At(faults...)
	}
	return nil
}

// ConcludePanel computes the report after the last round. Faults: "panel.state",
// "panel.moved" when the exam has got another release since.
func (s *Service) ConcludePanel(ctx context.Context, by, id string) (Panel, error) {
	p, err := s.store.Panel(ctx, id)
	if err != nil {
		return Panel{}, err
	}
	e, err := s.store.Exam(ctx, p.Exam)
	if err != nil {
		return Panel{}, err
	}
	if err := p.must(PanelDiscussing); err != nil { // before what takes long
		return Panel{}, err
	}
	if e.Release != p.Release {
		return Panel{}, fault.New(fault.Conflict, "panel.moved", "The exam has got another release of the bank since the panel was called.")
	}
	plan, calibration, err := s.calibrated(ctx, &e)
	if err != nil {
		return Panel{}, err
	}
	scores, err := s.scores(ctx, p.Exam)
	if err != nil {
		return Panel{}, err
	}
	facts, err := s.recount(ctx, id, func(p *Panel) error { return p.must(PanelDiscussing) })
	if err != nil {
		return Panel{}, err
	}
	return s.changePanel(ctx, id, func(p *Panel) error {
		if err := p.must(PanelDiscussing); err != nil {
			return err
		}
		facts.into(p)
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

// Show presents an item of the panel: once Open with the keys that count in the exam now,
// in an order of its own before.
func (s *Seat) Show(i int, lang string) (Shown, error) {
	ref := s.Panel.Items[i]
	n, ok := s.Bank.Number(ref.ID)
	if !ok {
		return Shown{}, fmt.Errorf("panel %s: the release has no item %s", s.Panel.ID, ref.ID)
	}
	if s.Open {
		return s.Bank.ShowBy(s.keys, n, lang)
	}
	return s.Bank.ShowKeyless(n, lang, s.Panel.ID+" "+ref.ID)
}
