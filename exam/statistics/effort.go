package statistics

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/forensic"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

const (
	effortPart = "effort"
	// hastyKept bounds the list of people who answered too fast; all of them are counted.
	hastyKept = 500
	// rushed is the share of rapid answers from which an item is flagged, if chance leaves
	// it no less: as much as makes a person's effort low.
	rushed = 1 - forensic.LeastEffort
)

// Rushed is the flag of an item that many people answered faster than it can be read.
const Rushed ctt.Flag = "rushed"

// Times says how fast an exam was answered. A rapid answer is one below its item's
// threshold: a tenth of the mean time, ten seconds at most (Wise and Ma 2012). Answers
// whose time is not known are in no figure of it.
type Times struct {
	// Answers that were given to items that count, Known of them with a time.
	Answers int `json:"answers"`
	Known   int `json:"known"`
	// Tested people have times enough for an effort, the share of their answers that were
	// not rapid (Wise and Kong 2005); Low of them have one so low that their score says
	// little. Effort is the mean.
	Tested int                    `json:"tested"`
	Low    int                    `json:"low"`
	Effort psychometrics.Estimate `json:"effort"`
	Items  []ItemTime             `json:"items,omitempty"`
}

// ItemTime is how fast an item was answered. Times are in seconds.
type ItemTime struct {
	Item string `json:"item"`
	// N answers have a known time, Rapid of them were rapid.
	N         int                    `json:"n"`
	Rapid     int                    `json:"rapid"`
	Median    psychometrics.Estimate `json:"median"`
	Threshold psychometrics.Estimate `json:"threshold"`
	// Share of rapid answers, with Wilson's interval.
	Share psychometrics.Estimate `json:"share"`
}

// Effort is whose answers came so fast that their score says little. That is a reason to
// look, and proves nothing. It names attempts, and is therefore shown to who may see
// results, apart from the statistics.
type Effort struct {
	Schema     int       `json:"schema"`
	Run        int       `json:"run"`
	Exam       string    `json:"exam"`
	ComputedAt time.Time `json:"computed_at"`
	// Least timed answers are what an effort is read from; one below Below is low.
	Least int     `json:"least"`
	Below float64 `json:"below"`
	// Tested people, and Untimed ones who have too few known times. Low have a low effort.
	Tested  int `json:"tested"`
	Untimed int `json:"untimed"`
	Low     int `json:"low"`
	// Status and Reason say why nobody was tested.
	Status psychometrics.Status `json:"status"`
	Reason string               `json:"reason,omitempty"`
	// People have the lowest efforts, at most 500 of them, by rising effort.
	People []Hasty `json:"people"`
}

// Hasty is one attempt.
type Hasty struct {
	Sitting string `json:"sitting"`
	Attempt string `json:"attempt"`
	// Timed answers, Rapid of them, and Effort, the share of the others.
	Timed  int     `json:"timed"`
	Rapid  int     `json:"rapid"`
	Effort float64 `json:"effort"`
}

// Rapidly is the share of rapid answers.
func (h Hasty) Rapidly() float64 { return 1 - h.Effort }

// Effort returns what was found last. "statistics.part_not_found".
func (s *Service) Effort(ctx context.Context, exam string) (Effort, error) {
	return load[Effort](ctx, s.store, exam, effortPart)
}

// noEffort is what is said where nobody can be tested.
func noEffort(why string) Effort {
	return Effort{Schema: 1, Least: forensic.LeastTimed, Below: forensic.LeastEffort, Status: psychometrics.NotDefined, Reason: why}
}

// timesOf is the column of times, nil when none is known.
func timesOf(a *exam.Attempt, observed []exam.Observation) []int32 {
	worked := a.Worked()
	if len(worked) == 0 {
		return nil
	}
	all, known := make([]int32, len(observed)), false
	for n, o := range observed {
		if o.Answered {
			all[n] = int32(worked[o.Slot].Milliseconds())
			known = known || all[n] > 0
		}
	}
	if !known {
		return nil
	}
	return all
}

// pace adds how fast items were answered, and flags those that many rushed through.
func (r *Result) pace(m *responses.Matrix, s *sample, found forensic.Pace, items []ItemResult) Effort {
	r.Times = new(Times)
	for i, p := range found.Items {
		t := itemTime(items[i].Item, p)
		items[i].Time = &t
		r.Times.Items = append(r.Times.Items, t)
		r.Times.Known += t.N
		if t.Share.Status == psychometrics.Fine && t.Share.Low >= rushed {
			items[i].Flags = append(items[i].Flags, Rushed)
		}
	}
	for _, c := range m.Cells() {
		if c.State == responses.Answered {
			r.Times.Answers++
		}
	}
	e := s.efforts(found.People)
	r.Times.Tested, r.Times.Low, r.Times.Effort = e.Tested, e.Low, meanEffort(found.People)
	if e.Tested == 0 {
		r.Times.Effort = untimed(r.Times.Known)
		e.Status, e.Reason = r.Times.Effort.Status, r.Times.Effort.Reason
	}
	return e
}

// itemTime says what is known of one item.
func itemTime(id string, p forensic.ItemPace) ItemTime {
	t := ItemTime{Item: id, N: p.Timed, Rapid: p.Rapid}
	none := untimed(p.Timed)
	t.Median, t.Threshold, t.Share = none, none, none
	if p.Timed > 0 {
		t.Median = psychometrics.Of(p.Median, p.Timed, forensic.LeastTimes)
	}
	if p.Threshold > 0 {
		share := float64(p.Rapid) / float64(p.Timed)
		t.Threshold = psychometrics.Of(p.Threshold, p.Timed, forensic.LeastTimes)
		t.Share = psychometrics.Of(share, p.Timed, forensic.LeastTimes).WithInterval(psychometrics.Wilson(share, float64(p.Timed)))
	}
	return t
}

// untimed is a figure that so many known times do not allow.
func untimed(n int) psychometrics.Estimate {
	if n == 0 {
		return psychometrics.Undefined(0, "no times are known")
	}
	return psychometrics.Undefined(n, "too few answers with a known time")
}

// efforts lists whose effort is low.
func (s *sample) efforts(people []forensic.PersonPace) Effort {
	e := noEffort("")
	e.Status = psychometrics.Fine
	for n, p := range people {
		switch {
		case p.Timed < forensic.LeastTimed:
			e.Untimed++
			continue
		case p.Low:
			e.Low++
			e.People = append(e.People, Hasty{s.sitting[n], s.attempt[n], p.Timed, p.Rapid, p.Effort})
		}
		e.Tested++
	}
	slices.SortFunc(e.People, func(a, b Hasty) int {
		return cmp.Or(cmp.Compare(a.Effort, b.Effort), cmp.Compare(b.Timed, a.Timed), cmp.Compare(a.Attempt, b.Attempt))
	})
	e.People = first(e.People, hastyKept)
	return e
}

// meanEffort is the mean over who has times enough, without meaning when nobody has.
func meanEffort(people []forensic.PersonPace) psychometrics.Estimate {
	n, sum, squares := 0, 0.0, 0.0
	for _, p := range people {
		if p.Timed >= forensic.LeastTimed {
			n, sum = n+1, sum+p.Effort
		}
	}
	mean := sum / float64(n)
	for _, p := range people {
		if p.Timed >= forensic.LeastTimed {
			squares += (p.Effort - mean) * (p.Effort - mean)
		}
	}
	e := psychometrics.Of(mean, n, LeastPeople).WithSE(math.Sqrt(squares / float64(max(1, n-1)) / float64(n)))
	e.High = min(1, e.High)
	return e
}
