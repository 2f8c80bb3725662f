package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// ogiveRow is the normal ogive, as factor analysis of right and wrong answers writes it.
type ogiveRow struct {
	LogLik     *float64             `json:"loglik"`
	Parameters int                  `json:"parameters"`
	G2         testRow              `json:"g2"`
	Items      []loadingRow         `json:"items"`
	Status     psychometrics.Status `json:"status"`
	Reason     string               `json:"reason,omitempty"`
}

type loadingRow struct {
	ID        string   `json:"id"`
	Loading   *float64 `json:"loading"`
	Threshold *float64 `json:"threshold"`
	Reason    string   `json:"reason,omitempty"`
}

// ogive estimates it to four decimals and more.
func (r *analysisReport) ogive(m *responses.Matrix) {
	const tolerance = 1e-6
	f := irt.EstimateOgive(m, irt.NormalGrid(61, 6), tolerance)
	row := &ogiveRow{Parameters: f.Parameters, G2: newTestRow(f.G2), Items: []loadingRow{}, Status: f.Status, Reason: f.Reason}
	if f.Status == psychometrics.NotDefined {
		r.Refused = append(r.Refused, fmt.Sprintf("normal ogive: %s", f.Reason))
	} else {
		row.LogLik = &f.LogLikelihood
	}
	for _, it := range f.Items {
		line := loadingRow{ID: it.ID, Reason: it.Reason}
		if it.Status != psychometrics.NotDefined {
			line.Loading, line.Threshold = &it.Loading, &it.Threshold
		}
		row.Items = append(row.Items, line)
	}
	r.Ogive = row
}

func (r *analysisReport) printOgive(w io.Writer) error {
	o := r.Ogive
	if o == nil {
		return nil
	}
	fmt.Fprintf(w, "\nnormal ogive: log-likelihood %s, %d parameters, G² %s (%d df), p %s\n", cell(o.LogLik, 6), o.Parameters, cell(o.G2.Statistic, 3), o.G2.DF, cell(o.G2.P, 4))
	if o.Reason != "" {
		fmt.Fprintf(w, "  %s: %s\n", o.Status, o.Reason)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "item\tloading\tthreshold\t\t")
	for _, it := range o.Items {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t\n", it.ID, cell(it.Loading, 4), cell(it.Threshold, 4), it.Reason)
	}
	return t.Flush()
}
