package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// figureNames are the columns of the printed tables by their names in JSON, in the order in
// which they are explained.
var figureNames = []struct{ json, printed string }{
	{"mean", "mean"}, {"sd", "sd"}, {"alpha", "alpha"}, {"sem", "SEM"}, {"kr21", "KR-21"}, {"stratified_alpha", "stratified alpha"},
	{"p", "p"}, {"r_rest", "r rest"}, {"r_total", "r total"}, {"alpha_if_deleted", "alpha without"}, {"d27", "upper-lower"},
}

// namedItems is how many items are listed before the rest is counted.
const namedItems = 8

// printNotes says once why figures of the tables are missing or weak: of which kind they
// are, and of which items.
func (r *analysisReport) printNotes(w io.Writer) {
	type told struct{ whole, columns, items []string }
	reasons := make(map[string]*told)
	at := func(reason string) *told {
		if reasons[reason] == nil {
			reasons[reason] = &told{}
		}
		return reasons[reason]
	}
	for _, f := range figureNames {
		if reason := r.Notes[f.json]; reason != "" {
			t := at(reason)
			whole := f.printed
			if f.json == "sd" { // items have one too
				whole = "sd of totals"
			}
			t.whole = append(t.whole, whole)
		}
		for _, it := range r.Items {
			if reason := it.Notes[f.json]; reason != "" {
				t := at(reason)
				if !slices.Contains(t.columns, f.printed) {
					t.columns = append(t.columns, f.printed)
				}
				if !slices.Contains(t.items, it.ID) {
					t.items = append(t.items, it.ID)
				}
			}
		}
	}
	for n, reason := range slices.Sorted(maps.Keys(reasons)) {
		if n == 0 {
			fmt.Fprintln(w)
		}
		t := reasons[reason]
		parts := t.whole
		if len(t.columns) > 0 {
			parts = append(parts, strings.Join(t.columns, ", ")+" of "+listed(t.items, len(r.Items)))
		}
		fmt.Fprintf(w, "%s: %s\n", reason, strings.Join(parts, ", "))
	}
}

// listed names items, or says that all of them are meant.
func listed(ids []string, all int) string {
	switch {
	case len(ids) == all:
		return "every item"
	case len(ids) > namedItems:
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:namedItems], " "), len(ids)-namedItems)
	}
	return strings.Join(ids, " ")
}

// several is a number of things, in words that fit it.
func several(n int, one, many string) string {
	if n == 1 {
		many = one
	}
	return fmt.Sprint(n, " ", many)
}
