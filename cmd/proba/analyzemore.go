package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/forensic"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
	"github.com/proba-exam/proba/exam/psychometrics/standard"
)

// What "proba analyze" adds on request: parts of the test, decisions at a cut,
// drift over time, pace and similarity. Each has a status, so that what cannot be
// said is not taken for a zero.

type stratumRow struct {
	Name  string   `json:"name"`
	Items int      `json:"items"`
	Alpha *float64 `json:"alpha"`
}

type decisionsRow struct {
	Cut int `json:"cut"`
	// SEMLord and SEMKeats are standard errors of a score at the cut.
	SEMLord  *float64    `json:"sem_lord"`
	SEMKeats *float64    `json:"sem_keats"`
	Methods  []methodRow `json:"methods"`
}

type methodRow struct {
	Method     string               `json:"method"`
	Consistent *float64             `json:"consistent"`
	Kappa      *float64             `json:"kappa"`
	Accurate   *float64             `json:"accurate"`
	Passing    *float64             `json:"passing"`
	Length     int                  `json:"length,omitempty"`
	Shape      string               `json:"shape,omitempty"`
	Status     psychometrics.Status `json:"status"`
	Reason     string               `json:"reason,omitempty"`
}

type driftRow struct {
	Item     string               `json:"item"`
	N        int                  `json:"n"`
	Slope    *float64             `json:"slope"`
	Z        *float64             `json:"z"`
	P        *float64             `json:"p"`
	Adjusted *float64             `json:"p_adjusted"`
	Periods  []periodRow          `json:"periods"`
	Status   psychometrics.Status `json:"status"`
	Reason   string               `json:"reason,omitempty"`
}

type periodRow struct {
	N        int     `json:"n"`
	Observed float64 `json:"observed"`
	Expected float64 `json:"expected"`
}

type paceRow struct {
	// Thresholds by item, null where too few times are known.
	Thresholds map[string]*float64 `json:"thresholds"`
	// Low are people so many of whose answers were rapid that the score says
	// little.
	Low []effortRow `json:"low_effort"`
	// Timed answers, and rapid ones among them, of all people.
	Timed int `json:"timed"`
	Rapid int `json:"rapid"`
}

type effortRow struct {
	Person string  `json:"person"`
	Timed  int     `json:"timed"`
	Rapid  int     `json:"rapid"`
	Effort float64 `json:"effort"`
}

type similarityRow struct {
	Tested  int                  `json:"tested"`
	Refused int                  `json:"refused"`
	Pairs   []similarRow         `json:"pairs"`
	Status  psychometrics.Status `json:"status"`
	Reason  string               `json:"reason,omitempty"`
}

type similarRow struct {
	Suspect       string  `json:"suspect"`
	Other         string  `json:"other"`
	Shared        int     `json:"shared"`
	Matches       int     `json:"matches"`
	Expected      float64 `json:"expected"`
	Omega         float64 `json:"omega"`
	OmegaP        float64 `json:"omega_p"`
	OmegaAdjusted float64 `json:"omega_p_adjusted"`
	GBT           float64 `json:"gbt"`
	GBTAdjusted   float64 `json:"gbt_adjusted"`
	M4            float64 `json:"m4"`
	// Wrong are the indices of wrong answers alike, where there are choices.
	Wrong *wrongRow `json:"wrong,omitempty"`
}

type wrongRow struct {
	Wrong   int     `json:"wrong"`
	Matches int     `json:"matches"`
	K       float64 `json:"k"`
	K1      float64 `json:"k1"`
	K2      float64 `json:"k2"`
	S1      float64 `json:"s1"`
	S2      float64 `json:"s2"`
}

// wrongAlike compares wrong answers, nil where that says nothing.
func wrongAlike(m *responses.Matrix, suspect, other int) *wrongRow {
	w := forensic.CompareWrong(m, suspect, other)
	if w.Status == psychometrics.NotDefined {
		return nil
	}
	return &wrongRow{w.SourceWrong, w.Matches, w.K, w.K1, w.K2, w.S1, w.S2}
}

// parts reads which part of the test each item belongs to; nil when not asked.
func (a *analysis) parts(m *responses.Matrix) (func(int) string, error) {
	if a.cells == "" {
		return nil, nil
	}
	file, err := os.Open(a.cells)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	cells, err := responses.ReadCells(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.cells, err)
	}
	for _, it := range m.Items() {
		if cells[it.ID] == "" {
			return nil, fmt.Errorf("%s: item %q has no cell", a.cells, it.ID)
		}
	}
	return func(i int) string { return cells[m.Items()[i].ID] }, nil
}

// withTimes adds the times of a.times to the table.
func (a *analysis) withTimes(m *responses.Matrix) (*responses.Matrix, error) {
	if a.times == "" {
		return m, nil
	}
	file, err := os.Open(a.times)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	timed, err := responses.ReadTimes(m, file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.times, err)
	}
	return timed, nil
}

func (r *analysisReport) strata(c ctt.Report) {
	r.Stratified = noted(&r.Notes, "stratified_alpha", c.Stratified)
	for _, s := range c.Strata {
		r.Strata = append(r.Strata, stratumRow{s.Name, s.Items, s.Alpha.Pointer()})
	}
}

// decide says how sure decisions at the cut are: by each classical method that
// fits, and by the model where there is one.
func (r *analysisReport) decide(m *responses.Matrix, c ctt.Report, f *irt.Fit, cut int) {
	d := &decisionsRow{Cut: cut}
	r.Decisions = d
	scores, why := wholeScores(m, c)
	add := func(o standard.Observed) {
		d.Methods = append(d.Methods, methodRow{o.Method, o.Consistent.Pointer(), o.Kappa.Pointer(), o.Accurate.Pointer(), o.Passing.Pointer(), o.Length, o.Shape, o.Consistent.Status, o.Consistent.Reason})
	}
	if why != "" {
		for _, method := range []string{"Livingston-Lewis", "Huynh", "Subkoviak"} {
			d.Methods = append(d.Methods, methodRow{Method: method, Status: psychometrics.NotDefined, Reason: why})
		}
	} else {
		add(standard.LivingstonLewis(scores, cut, c.Alpha.Value))
		add(standard.Huynh(scores, cut))
		add(standard.Subkoviak(scores, cut, c.Alpha.Value))
		if k := len(scores) - 1; c.KR21.Known() && cut > 0 && cut <= k {
			lord, keats := standard.LordSEM(cut, k), standard.KeatsSEM(cut, k, c.Alpha.Value, c.KR21.Value)
			d.SEMLord, d.SEMKeats = &lord, &keats
		}
	}
	d.Methods = append(d.Methods, byModel(m, f, cut))
}

// wholeScores are the totals where marks are whole numbers, as the methods want.
func wholeScores(m *responses.Matrix, c ctt.Report) (standard.Scores, string) {
	highest := 0.0
	for _, it := range m.Items() {
		highest += it.Max
	}
	switch {
	case !c.Complete:
		return nil, "people answered different items"
	case !c.Alpha.Known():
		return nil, "alpha is not defined: " + c.Alpha.Reason
	case highest > 100_000:
		return nil, "the highest score is more than 100,000 points"
	}
	scores := make(standard.Scores, int(highest)+1)
	for _, t := range c.Totals {
		if t.Score != float64(int(t.Score)) {
			return nil, "scores are not whole points"
		}
		scores[int(t.Score)] += t.Count
	}
	return scores, ""
}

// byModel is Lee's method for the items as one form.
func byModel(m *responses.Matrix, f *irt.Fit, cut int) methodRow {
	row := methodRow{Method: "Lee (model)", Status: psychometrics.NotDefined}
	switch {
	case f == nil:
		row.Reason = "needs a model: --model"
		return row
	case !m.Complete():
		row.Reason = "people answered different items"
		return row
	case f.Status == psychometrics.NotDefined:
		row.Reason = f.Reason
		return row
	}
	items, usable := f.Usable()
	for i := range items {
		if !usable[i] {
			row.Reason = "some items have no parameters"
			return row
		}
	}
	theta, ok := irt.Ability(items, float64(cut))
	if !ok {
		row.Reason = "no ability has the cut as its expected score"
		return row
	}
	c := standard.Decisions(items, cut, theta, f.Grid)
	row.Consistent, row.Kappa, row.Accurate, row.Passing, row.Length, row.Status = &c.Consistent, &c.Kappa, &c.Accurate, &c.Passing, len(items), f.Status
	return row
}

// mostMonths bounds the periods of drift: fifty years of months are a wrong date.
const mostMonths = 600

// drift compares calendar months.
func (r *analysisReport) drift(m *responses.Matrix, f *irt.Fit) {
	first, last := time.Time{}, time.Time{}
	for _, p := range m.People() {
		if p.At.IsZero() {
			continue
		}
		if first.IsZero() || p.At.Before(first) {
			first = p.At
		}
		if p.At.After(last) {
			last = p.At
		}
	}
	month := func(t time.Time) int { return 12*t.Year() + int(t.Month()) }
	if f.Status == psychometrics.NotDefined || first.IsZero() || month(last)-month(first) > mostMonths {
		r.Refused = append(r.Refused, "drift: needs a model, and dates that are not fifty years apart")
		return
	}
	r.Drift = []driftRow{}
	for _, d := range forensic.FindDrift(m, f.RestChances(m), func(p responses.Person) int {
		if p.At.IsZero() {
			return -1
		}
		return month(p.At) - month(first)
	}) {
		row := driftRow{Item: d.Item, N: d.N, Status: d.Status, Reason: d.Reason, Periods: []periodRow{}}
		if d.Status != psychometrics.NotDefined {
			row.Slope, row.Z, row.P, row.Adjusted = &d.Slope, &d.Z, &d.P, &d.Adjusted
		}
		for _, p := range d.Periods {
			row.Periods = append(row.Periods, periodRow{p.N, p.Observed, p.Expected})
		}
		r.Drift = append(r.Drift, row)
	}
}

func (r *analysisReport) pace(m *responses.Matrix) {
	p := forensic.RapidGuessing(m)
	row := &paceRow{Thresholds: make(map[string]*float64), Low: []effortRow{}}
	for i, it := range m.Items() {
		row.Thresholds[it.ID] = positive(p.Items[i].Threshold)
	}
	for n, person := range p.People {
		row.Timed, row.Rapid = row.Timed+person.Timed, row.Rapid+person.Rapid
		if person.Low {
			row.Low = append(row.Low, effortRow{m.People()[n].ID, person.Timed, person.Rapid, person.Effort})
		}
	}
	r.Pace = row
}

func (r *analysisReport) similarity(m *responses.Matrix, f *irt.Fit) {
	all := forensic.CompareAll(m, f)
	r.Similarity = &similarityRow{Tested: all.Tested, Refused: all.Refused, Pairs: []similarRow{}, Status: all.Status, Reason: all.Reason}
	name := func(p int) string { return m.People()[p].ID }
	for _, p := range all.Pairs {
		r.Similarity.Pairs = append(r.Similarity.Pairs, similarRow{name(p.Suspect), name(p.Other), p.Shared, p.Matches, p.Expected, p.Omega, p.OmegaP, p.OmegaAdjusted, p.GBT, p.GBTAdjusted, p.M4, wrongAlike(m, p.Suspect, p.Other)})
	}
}

// printMore prints what was added on request.
func (r *analysisReport) printMore(w io.Writer) error {
	if len(r.Strata) > 0 {
		fmt.Fprintf(w, "\nstratified alpha %s; by part:", cell(r.Stratified, 3))
		for _, s := range r.Strata {
			fmt.Fprintf(w, " %s %s (%d items)", s.Name, cell(s.Alpha, 3), s.Items)
		}
		fmt.Fprintln(w)
	}
	if d := r.Decisions; d != nil {
		fmt.Fprintf(w, "\ndecisions at %d points; standard error of a score there %s (Lord), %s (Keats)\n", d.Cut, cell(d.SEMLord, 3), cell(d.SEMKeats, 3))
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(t, "method\tconsistent\tkappa\taccurate\tpassing\t\t")
		for _, m := range d.Methods {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t\n", m.Method, cell(m.Consistent, 3), cell(m.Kappa, 3), cell(m.Accurate, 3), cell(m.Passing, 3), m.Reason)
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	if r.Drift != nil {
		fmt.Fprintln(w, "\ndrift by calendar month (above 0: easier)")
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(t, "item\tn\tslope\tz\tp\tp adjusted\t\t")
		for _, d := range r.Drift {
			fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t\n", d.Item, d.N, cell(d.Slope, 4), cell(d.Z, 2), cell(d.P, 4), cell(d.Adjusted, 4), d.Reason)
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	if p := r.Pace; p != nil {
		fmt.Fprintf(w, "\npace: %d of %d timed answers were rapid; %d people made too little effort for their score to say much\n", p.Rapid, p.Timed, len(p.Low))
		for _, e := range p.Low {
			fmt.Fprintf(w, "  %s: %d of %d rapid\n", e.Person, e.Rapid, e.Timed)
		}
	}
	return r.printSimilarity(w)
}

func (r *analysisReport) printSimilarity(w io.Writer) error {
	s := r.Similarity
	if s == nil {
		return nil
	}
	fmt.Fprintf(w, "\nsimilarity: %d pairs compared, %d refused since they share too few items. To be alike proves nothing: look at seats and times. The most alike (p adjusted for all pairs; wrong: the other's wrong answers in common)\n", s.Tested, s.Refused)
	if s.Reason != "" {
		fmt.Fprintf(w, "  %s\n", s.Reason)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "answers of\tagainst\tshared\talike\texpected\tomega\tp\tp adjusted\tGBT\tM4\twrong\tK\tS2\t")
	for _, p := range s.Pairs {
		wrong := "\t\t"
		if w := p.Wrong; w != nil {
			wrong = fmt.Sprintf("%d of %d\t%.4f\t%.4f", w.Matches, w.Wrong, w.K, w.S2)
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%.2f\t%.3f\t%.5f\t%.3f\t%.5f\t%.5f\t%s\t\n", p.Suspect, p.Other, p.Shared, p.Matches, p.Expected, p.Omega, p.OmegaP, p.OmegaAdjusted, p.GBT, p.M4, wrong)
	}
	return t.Flush()
}
