package exam

import (
	"fmt"
	"math"
	"slices"

	"github.com/proba-exam/proba/internal/fault"
)

// Doubts are what an author should look at again although nothing is wrong by rule: the item
// can be put before learners as it is. Names in messages are in the first of the languages.
func (it *Item) Doubts(langs []string) []fault.Field {
	h, ok := it.Interaction.(*HotspotImage)
	if !ok || len(langs) == 0 {
		return nil
	}
	return h.overlaps("/interaction", langs[0])
}

// overlaps names every two areas that share more than their edges: who points there gets the
// one that lies on top, which differs from learner to learner.
func (h *HotspotImage) overlaps(path, lang string) []fault.Field {
	var doubts []fault.Field
	for above := range h.Areas {
		for below := range above {
			a, b := &h.Areas[above], &h.Areas[below]
			if a.Shape.wrong(0, 0) != "" || b.Shape.wrong(0, 0) != "" || !a.overlaps(&b.Shape) {
				continue
			}
			doubts = append(doubts, fault.Field{Path: fmt.Sprintf("%s/areas/%d/shape/coords", path, above),
				Message: fmt.Sprintf("area %d, %q, overlaps area %d, %q; what somebody chooses who points where both are is left to chance", above+1, a.Name.In(lang), below+1, b.Name.In(lang))})
		}
	}
	return doubts
}

// scanned bounds the rows of pixels in which two areas are compared, so that large images
// take no longer; an overlap that is hidden between two of them is too thin to point at.
const scanned = 400

// overlaps reports whether the shapes share a pixel. Both enclose something.
func (s *Shape) overlaps(other *Shape) bool {
	left, top, right, bottom := s.Bounds()
	l, t, r, b := other.Bounds()
	left, top, right, bottom = max(left, l), max(top, t), min(right, r), min(bottom, b)
	if left >= right || top >= bottom {
		return false
	}
	step := max(1, (bottom-top)/scanned)
	for row := top; row < bottom; row += step {
		y := float64(row) + .5
		for _, mine := range s.spans(y) {
			for _, theirs := range other.spans(y) {
				if min(mine[1], theirs[1])-max(mine[0], theirs[0]) >= 1 {
					return true
				}
			}
		}
	}
	return false
}

// spans are the parts of the row at height y that lie in the shape, from the left.
func (s *Shape) spans(y float64) [][2]float64 {
	switch s.Outline {
	case Circle:
		x, dy, r := float64(s.Coords[0]), y-float64(s.Coords[1]), float64(s.Coords[2])
		if math.Abs(dy) >= r {
			return nil
		}
		half := math.Sqrt(r*r - dy*dy)
		return [][2]float64{{x - half, x + half}}
	case Rectangle:
		if y < float64(s.Coords[1]) || y > float64(s.Coords[3]) {
			return nil
		}
		return [][2]float64{{float64(s.Coords[0]), float64(s.Coords[2])}}
	}
	return polygonSpans(s.Coords, y)
}

// polygonSpans pairs the crossings of the row with the edges. A row never goes through a
// corner, since those are at whole pixels and rows between them.
func polygonSpans(coords []int, y float64) [][2]float64 {
	var crossings []float64
	for i := 0; i < len(coords); i += 2 {
		j := (i + 2) % len(coords)
		x1, y1, x2, y2 := float64(coords[i]), float64(coords[i+1]), float64(coords[j]), float64(coords[j+1])
		if (y1 > y) != (y2 > y) {
			crossings = append(crossings, x1+(y-y1)*(x2-x1)/(y2-y1))
		}
	}
	slices.Sort(crossings)
	spans := make([][2]float64, 0, len(crossings)/2)
	for i := 0; i+1 < len(crossings); i += 2 {
		spans = append(spans, [2]float64{crossings[i], crossings[i+1]})
	}
	return spans
}
