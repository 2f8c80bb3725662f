package exam_test

import (
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam"
)

func TestOverlappingAreasAreNamed(t *testing.T) {
	circle := func(c ...int) exam.Shape { return exam.Shape{Outline: exam.Circle, Coords: c} }
	rectangle := func(c ...int) exam.Shape { return exam.Shape{Outline: exam.Rectangle, Coords: c} }
	polygon := func(c ...int) exam.Shape { return exam.Shape{Outline: exam.Polygon, Coords: c} }
	for _, row := range []struct {
		name string
		a, b exam.Shape
		want bool
	}{
		{"rectangles side by side", rectangle(0, 0, 50, 50), rectangle(50, 0, 100, 50), false},
		{"rectangles that cross", rectangle(0, 20, 100, 30), rectangle(40, 0, 50, 100), true},
		{"one in the other", rectangle(0, 0, 100, 100), circle(50, 50, 10), true},
		{"the same twice", polygon(0, 0, 40, 0, 20, 30), polygon(0, 0, 40, 0, 20, 30), true},
		{"a circle in the corner of its square", circle(50, 50, 50), rectangle(0, 0, 14, 14), false},
		{"circles that touch", circle(20, 20, 20), circle(60, 20, 20), false},
		{"circles that overlap", circle(20, 20, 20), circle(50, 20, 20), true},
		{"triangles of one square", polygon(0, 0, 40, 0, 0, 40), polygon(40, 0, 40, 40, 0, 40), false},
		{"something in the mouth of a C", polygon(0, 0, 60, 0, 60, 10, 10, 10, 10, 50, 60, 50, 60, 60, 0, 60), rectangle(20, 20, 60, 40), false},
		{"something across both arms of a C", polygon(0, 0, 60, 0, 60, 10, 10, 10, 10, 50, 60, 50, 60, 60, 0, 60), rectangle(20, 5, 30, 55), true},
		{"far larger than what is scanned", rectangle(0, 0, 9000, 9000), circle(4000, 4000, 3000), true},
		{"unfinished", rectangle(0, 0, 50, 50), rectangle(0, 0, 50), false},
	} {
		for _, areas := range [][]exam.Shape{{row.a, row.b}, {row.b, row.a}} {
			it := exam.Item{Interaction: &exam.HotspotImage{Areas: []exam.Area{{Name: exam.Text{"uk": "двері"}, Shape: areas[0]}, {Name: exam.Text{"uk": "вікно"}, Shape: areas[1]}}}}
			doubts := it.Doubts([]string{"uk"})
			if (len(doubts) > 0) != row.want {
				t.Errorf("%s: %v", row.name, doubts)
			}
			if row.want && (len(doubts) != 1 || doubts[0].Path != "/interaction/areas/1/shape/coords" || !strings.Contains(doubts[0].Message, `area 2, "вікно", overlaps area 1, "двері"`)) {
				t.Errorf("%s is said as %v", row.name, doubts)
			}
		}
	}
	if doubts := (&exam.Item{Interaction: &exam.TrueOrFalse{}}).Doubts([]string{"uk"}); doubts != nil {
		t.Errorf("another kind: %v", doubts)
	}
}
