package api

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam"
)

// areasView is the image of a hotspot with its areas over it.
type areasView struct {
	Image template.HTML
	// Width and Height are those of the image in pixels, in which areas are drawn too.
	Width, Height int
	// Letters is how high the letters of areas are: about the same on every image, since
	// all are shown about as wide as the page.
	Letters int
	Areas   []areaView
}

// areaView is an area with the letter under which its name stands beside the image.
type areaView struct {
	exam.Shape
	Index  int
	Letter string
	// X and Y are the middle of the area.
	X, Y   int
	Chosen bool
}

// Points are the corners of a polygon as SVG takes them.
func (a areaView) Points() string {
	var b strings.Builder
	for i := 0; i+1 < len(a.Coords); i += 2 {
		fmt.Fprintf(&b, "%d,%d ", a.Coords[i], a.Coords[i+1])
	}
	return strings.TrimSpace(b.String())
}

// Is reports whether the area has the outline, and the numbers that it needs: an author may
// not have written them yet.
func (a areaView) Is(outline string) bool {
	left, top, right, bottom := a.Bounds()
	return string(a.Outline) == outline && left < right && top < bottom
}

// W and H are the size of a rectangle.
func (a areaView) W() int { return a.Coords[2] - a.Coords[0] }
func (a areaView) H() int { return a.Coords[3] - a.Coords[1] }

// newFigure is the image of a hotspot, nil for other kinds.
func newFigure(v *exam.View, lang string, chosen func(int) bool) *areasView {
	if v.Kind != exam.Hotspot {
		return nil
	}
	f := &areasView{Image: prose(v.Image)}
	for _, m := range exam.Images(v.Image) {
		_, name := imageAddress(m.Name)
		f.Width, f.Height, _ = exam.Size(name)
	}
	if f.Width == 0 {
		return f // an unfinished one
	}
	const across = 26 // letters side by side
	f.Letters = max(12, f.Width/across)
	for i, shape := range v.Areas {
		left, top, right, bottom := shape.Bounds()
		f.Areas = append(f.Areas, areaView{Shape: shape, Index: i, Letter: letterOf(lang, i), X: (left + right) / 2, Y: (top + bottom) / 2, Chosen: chosen(i)})
	}
	return f
}

// Figure is the image with what was chosen.
func (it itemView) Figure(lang string) *areasView {
	return newFigure(&it.View, lang, func(i int) bool { return it.Chosen[i] })
}

// shownFigure is the image with what is right.
func shownFigure(v *exam.View, key exam.Response, lang string) *areasView {
	return newFigure(v, lang, func(i int) bool { return slices.Contains(key.Choices, i) })
}
