package bench

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Figure is one measured number.
type Figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Limit is the worst value that is good enough; 0 for a figure that only
	// informs.
	Limit float64 `json:"limit,omitempty"`
	// AtLeast says that larger is better.
	AtLeast bool `json:"at_least,omitempty"`
	// Note says more of a figure that missed its limit, "" for none.
	Note string `json:"note,omitempty"`
}

// Good reports whether the figure keeps its limit.
func (f Figure) Good() bool {
	switch {
	case f.Limit == 0:
		return true
	case f.AtLeast:
		return f.Value >= f.Limit
	}
	return f.Value <= f.Limit
}

// significant is how many digits a figure is told with at least: the third is noise in
// everything that a clock measures.
const significant = 3

// Text is the value with three significant digits at least, and with one place more than the
// limit has, so that a value beside its limit can be told from it. Whole numbers have no
// places.
func (f Figure) Text() string {
	if f.Value == math.Trunc(f.Value) {
		return strconv.FormatFloat(f.Value, 'f', -1, 64)
	}
	places := max(0, significant-1-int(math.Floor(math.Log10(math.Abs(f.Value)))))
	if f.Limit != 0 {
		_, behind, _ := strings.Cut(strconv.FormatFloat(f.Limit, 'f', -1, 64), ".")
		places = max(places, len(behind)+1)
	}
	return strconv.FormatFloat(f.Value, 'f', places, 64)
}

// MarshalJSON writes the value with the digits of Text.
func (f Figure) MarshalJSON() ([]byte, error) {
	type plain Figure // without this method
	out, err := json.Marshal(struct {
		plain
		Value json.Number `json:"value"`
	}{plain(f), json.Number(f.Text())})
	if err != nil {
		return nil, fmt.Errorf("figure %q: %w", f.Name, err)
	}
	return out, nil
}
