package irt_test

import (
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/reference"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// TestNormalOgive holds the normal ogive against R's optimiser with a probit link; Bock and
// Lieberman (1970) have loadings and thresholds of LSAT6 within .001 of these, Bock and
// Aitkin (1981) G² of LSAT7 as 31.59.
func TestNormalOgive(t *testing.T) {
	six := irt.EstimateOgive(reference.LSAT6(), irt.Exact(), 1e-9)
	if six.Status != psychometrics.Fine {
		t.Fatalf("%s: %s", six.Status, six.Reason)
	}
	near(t, "G2 of LSAT6", six.G2.Statistic, 21.293, 5e-4)
	for i, want := range []struct{ loading, threshold float64 }{{.3848, -1.4325}, {.3976, -.5505}, {.4733, -.1332}, {.3749, -.7159}, {.3377, -1.1264}} {
		near(t, six.Items[i].ID+" loading", six.Items[i].Loading, want.loading, 6e-5)
		near(t, six.Items[i].ID+" threshold", six.Items[i].Threshold, want.threshold, 6e-5)
		// As many are right as stand beyond the threshold.
		near(t, six.Items[i].ID+" share", distuv.UnitNormal.CDF(-six.Items[i].Threshold), []float64{.924, .709, .553, .763, .870}[i], 1e-3)
	}
	seven := irt.EstimateOgive(reference.LSAT7(), irt.Exact(), 1e-9)
	near(t, "logLik of LSAT7", seven.LogLikelihood, -2658.78508812, 1e-7)
	near(t, "G2 of LSAT7", seven.G2.Statistic, 31.6605, 5e-5)
	if seven.G2.DF != 21 || seven.Parameters != 10 {
		t.Errorf("%d parameters, %d degrees of freedom", seven.Parameters, seven.G2.DF)
	}
	sparse := irt.EstimateOgive(reference.Sparse(), irt.Grid{}, 0)
	if sparse.Status != psychometrics.Fine || sparse.G2.Status != psychometrics.NotDefined {
		t.Errorf("sparse: %s, G² %s", sparse.Status, sparse.G2.Status)
	}
	m := reference.LSAT7()
	if one := irt.EstimateOgive(responses.New(m.Items(), m.People()[:1], m.Cells()[:5]), irt.Grid{}, 0); one.Status != psychometrics.NotDefined || one.Reason == "" || one.Items[0].Reason == "" {
		t.Errorf("one pattern: %+v", one)
	}
}
