package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// testRow is a test of fit; its numbers are null where it is not defined.
type testRow struct {
	Statistic *float64             `json:"statistic"`
	DF        int                  `json:"df"`
	P         *float64             `json:"p"`
	RMSEA     *float64             `json:"rmsea"`
	Status    psychometrics.Status `json:"status"`
	Reason    string               `json:"reason,omitempty"`
}

func newTestRow(t irt.FitTest) testRow {
	row := testRow{DF: t.DF, Status: t.Status, Reason: t.Reason}
	if t.Status != psychometrics.NotDefined {
		row.Statistic, row.P, row.RMSEA = &t.Statistic, &t.P, &t.RMSEA
	}
	return row
}

// modelFitRow is how well the model as a whole follows the data.
type modelFitRow struct {
	G2 testRow `json:"g2"`
	X2 testRow `json:"x2"`
	M2 testRow `json:"m2"`
	// RMSEALow and RMSEAHigh bound the RMSEA of M2 (90 %).
	RMSEALow  *float64 `json:"rmsea_low"`
	RMSEAHigh *float64 `json:"rmsea_high"`
	SRMSR     *float64 `json:"srmsr"`
	TLI       *float64 `json:"tli"`
	CFI       *float64 `json:"cfi"`
	// Andersen is the test of the Rasch model that divides people at the mean score.
	Andersen *testRow `json:"andersen,omitempty"`
}

type dependenceRow struct {
	Mean *float64 `json:"mean_q3"`
	// Pairs are those that depend, or else the ten furthest from the mean.
	Pairs  []pairRow            `json:"pairs"`
	Status psychometrics.Status `json:"status"`
	Reason string               `json:"reason,omitempty"`
}

type pairRow struct {
	First     string  `json:"first"`
	Second    string  `json:"second"`
	N         int     `json:"n"`
	Q3        float64 `json:"q3"`
	Dependent bool    `json:"dependent"`
}

// pairsShown is how many pairs are listed that do not depend.
const pairsShown = 10

// fitted adds the tests of fit: of the model, of items, of pairs and of people.
func (m *modelRow) fitted(data *responses.Matrix, f *irt.Fit, rasch *irt.Rasch) {
	g2, x2 := f.LikelihoodRatio(data)
	m2 := f.M2(data)
	m.Fit = &modelFitRow{G2: newTestRow(g2), X2: newTestRow(x2), M2: newTestRow(m2.FitTest)}
	if m2.Status != psychometrics.NotDefined {
		m.Fit.SRMSR, m.Fit.TLI, m.Fit.CFI = &m2.SRMSR, &m2.TLI, &m2.CFI
		m.Fit.RMSEALow, m.Fit.RMSEAHigh = &m2.RMSEALow, &m2.RMSEAHigh
	}
	sx2 := f.SX2(data)
	for i := range m.Items {
		if sx2[i].Status != psychometrics.NotDefined {
			m.Items[i].SX2 = &fitRow{sx2[i].Statistic, sx2[i].DF, sx2[i].P}
		}
	}
	if rasch != nil {
		row := newTestRow(rasch.Andersen(data))
		m.Fit.Andersen = &row
	}
	if rasch != nil && rasch.Status != psychometrics.NotDefined {
		for i, fit := range rasch.Fit(data) {
			m.Items[i].Infit, m.Items[i].Outfit = fit.Infit.Pointer(), fit.Outfit.Pointer()
		}
	}
	d := f.LocalDependence(data)
	m.Dependence = &dependenceRow{Mean: d.Mean.Pointer(), Pairs: []pairRow{}, Status: d.Mean.Status, Reason: d.Mean.Reason}
	for n, p := range d.Pairs {
		if p.Dependent || n < pairsShown {
			m.Dependence.Pairs = append(m.Dependence.Pairs, pairRow{f.Items[p.First].ID, f.Items[p.Second].ID, p.Q3.N, p.Q3.Value, p.Dependent})
		}
	}
}

// print shows the model with its items; columns of tests that no item has are left out.
func (m *modelRow) print(w io.Writer) error {
	fmt.Fprintf(w, "\nmodel %s: log-likelihood %s, %d parameters, AIC %s, BIC %s, SABIC %s; reliability %s empirical, %s marginal\n", m.Name, cell(m.LogLik, 6), m.Parameters, cell(m.AIC, 3), cell(m.BIC, 3), cell(m.SABIC, 3), cell(m.Reliability, 3), cell(m.Marginal, 3))
	if m.Reason != "" {
		fmt.Fprintf(w, "  %s: %s\n", m.Status, m.Reason)
	}
	chance := func(f *fitRow) *float64 {
		if f == nil {
			return nil
		}
		return &f.P
	}
	columns := []struct {
		name string
		of   func(it parameterRow) *float64
	}{
		{"slope a", func(it parameterRow) *float64 { return it.A }}, {"se", func(it parameterRow) *float64 { return it.SEA }},
		{"difficulty b", func(it parameterRow) *float64 { return it.B }}, {"se", func(it parameterRow) *float64 { return it.SEB }},
		{"guessing c", func(it parameterRow) *float64 { return it.C }}, {"fit p (PV-Q1)", func(it parameterRow) *float64 { return chance(it.Fit) }},
		{"fit p (S-X²)", func(it parameterRow) *float64 { return chance(it.SX2) }},
		{"infit", func(it parameterRow) *float64 { return it.Infit }}, {"outfit", func(it parameterRow) *float64 { return it.Outfit }},
	}
	const always = 6 // the first columns
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	lines := make([]string, len(m.Items)+1)
	lines[0] = "item\tn\t"
	for n, it := range m.Items {
		lines[n+1] = fmt.Sprintf("%s\t%d\t", it.ID, it.N)
	}
	for n, c := range columns {
		if n >= always && !slices.ContainsFunc(m.Items, func(it parameterRow) bool { return c.of(it) != nil }) {
			continue
		}
		lines[0] += c.name + "\t"
		for k, it := range m.Items {
			lines[k+1] += cell(c.of(it), 3) + "\t"
		}
	}
	fmt.Fprintln(t, lines[0]+"\t")
	for n, it := range m.Items {
		fmt.Fprintln(t, lines[n+1]+it.Reason+"\t")
	}
	return t.Flush()
}

// unusual is the chance under which a pattern of answers is remarked on.
const unusual = .01

// printFit prints the tests for people.
func (r *analysisReport) printFit(w io.Writer) error {
	m := r.Model
	if m.Fit == nil {
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\nfit\tstatistic\tdf\tp\tRMSEA\t\t")
	type named struct {
		name string
		testRow
	}
	tests := []named{{"G²", m.Fit.G2}, {"X²", m.Fit.X2}, {"M2", m.Fit.M2}}
	if m.Fit.Andersen != nil {
		tests = append(tests, named{"Andersen", *m.Fit.Andersen})
	}
	for _, row := range tests {
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%s\t\n", row.name, cell(row.Statistic, 3), row.DF, cell(row.P, 4), cell(row.RMSEA, 4), row.Reason)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if m.Fit.SRMSR != nil {
		fmt.Fprintf(w, "by M2: SRMSR %s, TLI %s, CFI %s\n", cell(m.Fit.SRMSR, 4), cell(m.Fit.TLI, 4), cell(m.Fit.CFI, 4))
	}
	if d := m.Dependence; d.Mean == nil {
		fmt.Fprintf(w, "\nQ3 of pairs: %s\n", d.Reason)
	} else {
		fmt.Fprintf(w, "\nQ3 of pairs: mean %s", cell(d.Mean, 3))
		for _, p := range d.Pairs {
			if p.Dependent {
				fmt.Fprintf(w, "; %s and %s depend on each other, %.3f", p.First, p.Second, p.Q3)
			}
		}
		fmt.Fprintln(w)
	}
	var odd []string
	known := 0
	for _, p := range r.Persons {
		if p.LZP != nil {
			known++
			if *p.LZP < unusual {
				odd = append(odd, p.ID)
			}
		}
	}
	if known > 0 {
		fmt.Fprintf(w, "unusual patterns of answers (lz*, p < %.2f, of which 1 in 100 is chance): %d of %d", unusual, len(odd), known)
		if len(odd) > 0 {
			fmt.Fprintf(w, ": %s", strings.Join(odd[:min(len(odd), 20)], " "))
		}
		fmt.Fprintln(w)
	}
	return nil
}
