package api

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/plot"
)

// TestWhatToLookAtFirst holds the order of lists: an item whose key may be wrong comes
// before one with a distractor that nobody chooses, and that before one with no flag;
// a filter narrows the list and leaves the numbers beside the flags as they are.
func TestWhatToLookAtFirst(t *testing.T) {
	all := []statistics.Line{{Item: "fine"}, {Item: "idle", Flags: []ctt.Flag{ctt.IdleDistractor}}, {Item: "key", Flags: []ctt.Flag{ctt.IdleDistractor, ctt.MisKey}}}
	same := func(it *statistics.Line) *statistics.Line { return it }
	for _, row := range []struct {
		flag  ctt.Flag
		items string
	}{{"", "key idle fine"}, {ctt.IdleDistractor, "key idle"}, {ctt.TooEasy, ""}} {
		s := sifted[statistics.Line]{Flag: row.flag}
		s.sift(all, same, nil)
		var items []string
		for _, it := range s.Lines {
			items = append(items, it.Item)
		}
		if got := strings.Join(items, " "); got != row.items || s.Found != len(items) {
			t.Errorf("with %q: %q, %d found", row.flag, got, s.Found)
		}
		if diff := cmp.Diff([]flagCount{{ctt.MisKey, 1}, {ctt.IdleDistractor, 2}}, s.Flags); diff != "" {
			t.Errorf("with %q: %s", row.flag, diff)
		}
	}
}

// TestEveryFlagHasItsPlace: a flag that has a word on the pages has a place in the order, or
// it would stand in no list of what to look at.
func TestEveryFlagHasItsPlace(t *testing.T) {
	p, err := loadPages(time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	words := 0
	for key := range p.words["en"] {
		if flag, ok := strings.CutPrefix(key, "stflag_"); ok {
			if words++; !slices.Contains(flagOrder, ctt.Flag(flag)) {
				t.Errorf("the flag %q has no place", flag)
			}
		}
	}
	if words != len(flagOrder) {
		t.Errorf("%d flags have words, %d have places", words, len(flagOrder))
	}
}

// TestSmallNumbersAreRead: a probability that is not nought is not printed as nought, and
// a column of such numbers is a column of numbers.
func TestSmallNumbersAreRead(t *testing.T) {
	for p, want := range map[float64]string{.00001: "< 0,0001", 0: "< 0,0001", .0123: "0,0123", 1: "1,0000"} {
		if got := chance("uk", p); got != want {
			t.Errorf("%v is printed as %q", p, got)
		}
	}
	table := tableView{Header: []string{"a", "b", "c"}, Rows: [][]string{{"< 0,0001", "", "A"}, {minus + "0,5", "", "2"}}}
	for column, want := range []bool{true, false, false} {
		if got := table.Numeric(column); got != want {
			t.Errorf("column %d is one of numbers: %v", column, got)
		}
	}
}

// TestSmallGroupsAreNotDrawn: with many regions those of few people have no line but stand
// in the table, and the words beside the picture say how many they are.
func TestSmallGroupsAreNotDrawn(t *testing.T) {
	group := func(name string, n int) statistics.Group {
		return statistics.Group{Name: name, N: n, Bins: []int{n / 2, n - n/2}}
	}
	r := &statistics.Result{All: group("", 190), Regions: []statistics.Group{group("large", 30), group("small", 29)}}
	for n := range plot.Styles {
		r.Regions = append(r.Regions, group(strconv.Itoa(n), 100))
	}
	f := figures{deskView: deskView{view: view{Lang: "en", T: map[string]string{"wStScoresMore": "fewer than {1}: {2}"}}}}
	v := f.scores("regions", "", r, r.Regions, f.region, 7000)
	svg := string(v.SVG)
	if !strings.Contains(svg, "large (30)") || strings.Contains(svg, "small (29)") || strings.Count(svg, `class="name"`) != plot.Styles {
		t.Errorf("the picture:\n%s", svg)
	}
	if len(v.Rows) != 1+len(r.Regions) || !strings.Contains(v.Description, "fewer than 30: 2") {
		t.Errorf("%d rows, %q", len(v.Rows), v.Description)
	}
}
