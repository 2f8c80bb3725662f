package exam

import (
	"fmt"
	"slices"

	"github.com/proba-exam/proba/internal/fault"
)

// HotspotImage is an image with areas to point at. Every area has a name: pointing at it
// and choosing its name are one answer, so that nobody has to see the image, hold a mouse
// or have scripts to give it.
type HotspotImage struct {
	// Image is one image with its description: ![a desk](name). Languages may show
	// different ones of the same size, since there may be words on them.
	Image Text   `json:"image"`
	Areas []Area `json:"areas"`
	// Choose is how many areas may be chosen at most; 0 sets no limit. When it is set it
	// is the number of keys.
	Choose int `json:"choose,omitempty"`
}

// Outline is the shape of an area.
type Outline string

// The outlines, with what Coords are: pixels of the image, from its upper left corner.
const (
	Circle    Outline = "circle"    // centre x, y and radius
	Rectangle Outline = "rectangle" // left, top, right, bottom
	Polygon   Outline = "polygon"   // x, y of each corner
)

// Outlines lists them in the order in which they are offered.
func Outlines() []Outline { return []Outline{Circle, Rectangle, Polygon} }

// Area is a place on the image.
type Area struct {
	// Name says what is there, for who chooses by name. It must not say whether it is right.
	Name  Text `json:"name"`
	Shape `json:"shape"`
	// Key marks a right area.
	Key bool `json:"key,omitempty"`
}

// Shape is where an area is.
type Shape struct {
	Outline Outline `json:"outline"`
	Coords  []int   `json:"coords"`
}

// maxCorners bounds the corners of a polygon; a finger tells no more of them apart.
const maxCorners = 40

// choice is the item without its image.
func (h *HotspotImage) choice() *MultipleChoice {
	c := &MultipleChoice{Choose: h.Choose, Options: make([]Option, len(h.Areas))}
	for i, a := range h.Areas {
		c.Options[i] = Option{Text: a.Name, Key: a.Key}
	}
	return c
}

func (h *HotspotImage) check(path string, langs []string) []fault.Field {
	faults := h.Image.check(path+"/image", langs, maxOption)
	width, height := 0, 0
	for _, lang := range langs {
		s := h.Image[lang]
		pieces := Pieces(s)
		if s != "" && (len(pieces) != 1 || pieces[0].Image == nil) {
			faults = append(faults, fault.Field{Path: path + "/image/" + lang, Message: "here stands one image and nothing else: ![what it shows](name)"})
			continue
		}
		if s == "" {
			continue
		}
		w, high, _ := Size(pieces[0].Image.Name)
		if width != 0 && w != 0 && (w != width || high != height) {
			faults = append(faults, fault.Field{Path: path + "/image/" + lang, Message: "has another size than the image of another language; the areas fit one only"})
		}
		if width == 0 {
			width, height = w, high
		}
	}
	for i := range h.Areas {
		at := fmt.Sprintf("%s/areas/%d", path, i)
		if wrong := h.Areas[i].wrong(width, height); wrong != "" {
			faults = append(faults, fault.Field{Path: at + "/shape/coords", Message: wrong})
		}
		if len(Media(h.Areas[i].Name)) > 0 {
			faults = append(faults, fault.Field{Path: at + "/name", Message: "the name of an area cannot show an image"})
		}
	}
	return append(faults, h.checkNames(path, langs)...)
}

// checkNames checks what a choice among the names has to be, at the places of areas.
func (h *HotspotImage) checkNames(path string, langs []string) []fault.Field {
	c := h.choice()
	names := make([]Text, len(h.Areas))
	for i, a := range h.Areas {
		names[i] = a.Name
	}
	faults := checkTexts(names, path+"/areas", "/name", langs)
	if n := len(h.Areas); n < 2 || n > maxOptions {
		faults = append(faults, fault.Field{Path: path + "/areas", Message: fmt.Sprintf("there are %d areas; 2 to %d are allowed", n, maxOptions)})
	}
	keys := countKeys(c.Options)
	if keys < 1 || keys == len(h.Areas) {
		faults = append(faults, fault.Field{Path: path + "/areas", Message: fmt.Sprintf("%d of %d areas are marked as key; at least one must be right and one wrong", keys, len(h.Areas))})
	}
	if h.Choose != 0 && h.Choose != keys {
		faults = append(faults, fault.Field{Path: path + "/choose", Message: fmt.Sprintf("asks for %d, but %d areas are marked as key", h.Choose, keys)})
	}
	return faults
}

// wrong says what is wrong with the shape on an image of that size, whose width is 0 when
// it is not known.
func (s *Shape) wrong(width, height int) string {
	want := map[Outline]int{Circle: 3, Rectangle: 4}[s.Outline]
	switch n := len(s.Coords); {
	case !slices.Contains(Outlines(), s.Outline):
		return fmt.Sprintf("%q is not an outline; use one of %v", s.Outline, Outlines())
	case want != 0 && n != want:
		return fmt.Sprintf("has %d numbers; a %s has %d", n, s.Outline, want)
	case want == 0 && (n < 6 || n%2 != 0 || n > 2*maxCorners):
		return fmt.Sprintf("has %d numbers; a polygon has two for each of its 3 to %d corners", n, maxCorners)
	}
	left, top, right, bottom := s.Bounds()
	switch {
	case left >= right || top >= bottom:
		return "encloses nothing; a rectangle is left, top, right, bottom, and a radius is above 0"
	case width > 0 && (left < 0 || top < 0 || right > width || bottom > height):
		return fmt.Sprintf("reaches outside the image, which is %d by %d", width, height)
	}
	return ""
}

// Bounds is the rectangle around the shape. Of a shape with too few numbers it is empty.
func (s *Shape) Bounds() (left, top, right, bottom int) {
	c := s.Coords
	switch {
	case s.Outline == Circle && len(c) == 3:
		return c[0] - c[2], c[1] - c[2], c[0] + c[2], c[1] + c[2]
	case s.Outline == Rectangle && len(c) == 4:
		return c[0], c[1], c[2], c[3]
	case s.Outline == Polygon && len(c) >= 6 && len(c)%2 == 0:
		left, top, right, bottom = c[0], c[1], c[0], c[1]
		for i := 0; i < len(c); i += 2 {
			left, right = min(left, c[i]), max(right, c[i])
			top, bottom = min(top, c[i+1]), max(bottom, c[i+1])
		}
	}
	return left, top, right, bottom
}

func (h *HotspotImage) shape() shape { return shape{options: len(h.Areas)} }

func (h *HotspotImage) present(v *View, a Arrangement, lang string) {
	h.choice().present(v, a, lang)
	v.Image, v.Areas = h.Image.In(lang), make([]Shape, len(a.Options))
	for pos, authored := range a.Options {
		v.Areas[pos] = h.Areas[authored].Shape
	}
}

func (h *HotspotImage) accept(r Response) *fault.Field { return h.choice().accept(r) }

func (h *HotspotImage) rules() []Rule {
	if h.Choose == 1 {
		return []Rule{AllOrNothing}
	}
	return h.choice().rules()
}

func (h *HotspotImage) mark(rule Rule, a Arrangement, r Response) Credit {
	return h.choice().mark(rule, a, r)
}

func (h *HotspotImage) key(a Arrangement) Response { return h.choice().key(a) }

func (h *HotspotImage) parts() (options, rows []Text) { return optionTexts(h.choice().Options), nil }

// sameImage reports whether both show the same areas on the same image.
func (h *HotspotImage) sameImage(other *HotspotImage) bool {
	same := func(a, b Area) bool { return a.Outline == b.Outline && slices.Equal(a.Coords, b.Coords) }
	for _, a := range h.Areas {
		if !slices.ContainsFunc(other.Areas, func(b Area) bool { return sameText(a.Name, b.Name) && same(a, b) }) {
			return false
		}
	}
	return sameText(h.Image, other.Image)
}

// rekeyed has these areas as keys.
func (h *HotspotImage) rekeyed(k Key) *HotspotImage {
	out := &HotspotImage{Image: h.Image, Areas: slices.Clone(h.Areas)}
	for i := range out.Areas {
		out.Areas[i].Key = slices.Contains(k.Choices, i)
	}
	if h.Choose == len(k.Choices) {
		out.Choose = h.Choose
	}
	return out
}
