package qti

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam/interchange"
)

// spot is an area of QTI 1.2: its type and its numbers as they stand there.
type spot struct {
	kind   string // rectangle, ellipse or bounded
	coords []float64
}

// maxCoords bounds the text of coordinates, in bytes: 40 corners need a fifth.
const maxCoords = 2000

func readSpot(kind, text string) spot {
	coords, _ := numbersOf(text[:min(len(text), maxCoords)], [2]float64{1, 1})
	if kind = strings.ToLower(kind); kind == "" {
		kind = "ellipse" // the default of the specification
	}
	return spot{kind, coords}
}

// hotspot reads areas of an image. Pointing at one is the response that is its
// identifier; a condition on points holds of it when it is about the same area.
func (r *v1) hotspot(e *interchange.Element) {
	id, render := e.Attr("ident"), e.Child("render_hotspot")
	labels := render.Find("response_label")
	r.spots = make(map[string]spot)
	var all []choice
	for _, l := range labels {
		r.spots[l.Attr("ident")] = readSpot(l.Attr("rarea"), ownText(l))
		all = append(all, choice{id: l.Attr("ident")})
	}
	p, ok := r.picture(e)
	if !ok || r.d.TooMany(len(labels)) {
		return
	}
	r.guess(id, all, e.Attr("rcardinality"))
	if !slices.ContainsFunc(all, func(c choice) bool { return r.try(id, c.id) <= 0 && !slices.Contains(r.correct[id], c.id) }) || len(r.spots) < len(all) {
		r.d.Refuse("kind.point", "asks to point at a place that is not marked; here areas are marked, and wrong ones among them")
		return
	}
	var areas []area
	for _, l := range labels {
		a, ok := r.area(&p, l)
		if !ok {
			r.d.Refuse("hotspot.area", "area %q has coordinates that fit no shape", l.Attr("ident"))
			return
		}
		areas = append(areas, a)
	}
	r.areas(id, p, areas, e.Attr("rcardinality") == "Multiple", 0)
}

// ownText is the text of an element without that of its children.
func ownText(e *interchange.Element) string {
	var b strings.Builder
	for _, c := range e.Children {
		b.WriteString(c.Text)
	}
	return b.String()
}

// picture finds the image of a response.
func (r *v1) picture(e *interchange.Element) (p picture, ok bool) {
	images := e.Find("matimage")
	if len(images) != 1 {
		r.d.Refuse("qti.hotspot", "has %d images for its areas to lie on; here they lie on one", len(images))
		return p, false
	}
	m := images[0]
	p.text = r.material(m)
	p.width, p.height = float64(atoi(m.Attr("width"))), float64(atoi(m.Attr("height")))
	r.measure(&p, m.Attr("uri"))
	return p, r.shows(&p)
}

// area brings an area of QTI 1.2 into the form of the later versions.
func (r *v1) area(p *picture, label *interchange.Element) (a area, ok bool) {
	s := r.spots[label.Attr("ident")]
	a = area{id: label.Attr("ident"), label: r.material(label)[interchange.Unnamed]}
	c := slices.Clone(s.coords)
	shares := !slices.ContainsFunc(c, func(f float64) bool { return f < 0 || f > 1 })
	if shares { // Canvas writes shares of the image
		width, height := p.kept()
		p.width, p.height = width, height
		for i := range c {
			c[i] *= [2]float64{width, height}[i%2]
		}
	}
	switch {
	case s.kind == "rectangle" && len(c) == 4:
		if c[2] <= c[0] || c[3] <= c[1] { // no corner: height and width, as the errata of 1.2.1 say
			c[2], c[3] = c[0]+c[3], c[1]+c[2]
		} else {
			r.d.Remark("hotspot.rectangle", "the numbers of its rectangles are taken as two corners, as most programs write them; look at them")
		}
		a.shape = "rect"
	case s.kind == "ellipse" && len(c) == 3: // as ILIAS writes circles
		a.shape = "circle"
	case s.kind == "ellipse" && len(c) == 4 && shares:
		c = []float64{(c[0] + c[2]) / 2, (c[1] + c[3]) / 2, math.Abs(c[2]-c[0]) / 2, math.Abs(c[3]-c[1]) / 2}
		a.shape = "ellipse"
	case s.kind == "ellipse" && len(c) == 4: // centre and diameters
		if a.shape = "ellipse"; c[2] == c[3] {
			a.shape, c = "circle", c[:3]
			c[2] /= 2
			break
		}
		c[2], c[3] = c[2]/2, c[3]/2
	case s.kind == "bounded":
		a.shape = "poly"
	}
	a.coords = joined(c)
	return a, a.shape != ""
}

// joined writes coordinates.
func joined(all []float64) string {
	parts := make([]string, len(all))
	for i, f := range all {
		parts[i] = strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strings.Join(parts, ",")
}

// inside reports whether a condition on points holds of pointing at an area: it is
// about the same area, or the middle of the one lies within the other's bounds.
func (r *v1) inside(id string, condition *interchange.Element) bool {
	given, ok := r.spots[id]
	wanted, read := r.wanted[condition]
	if !read {
		if r.wanted == nil {
			r.wanted = make(map[*interchange.Element]spot)
		}
		wanted = readSpot(condition.Attr("areatype"), condition.Content())
		r.wanted[condition] = wanted
	}
	if !ok || len(given.coords) == 0 || len(wanted.coords) == 0 {
		return false
	}
	if given.kind == wanted.kind && slices.Equal(given.coords, wanted.coords) {
		return true
	}
	x, y := given.middle()
	left, top, right, bottom := wanted.bounds()
	return x >= left && x <= right && y >= top && y <= bottom
}

func (s spot) middle() (x, y float64) {
	left, top, right, bottom := s.bounds()
	return (left + right) / 2, (top + bottom) / 2
}

// bounds is the rectangle around an area.
func (s spot) bounds() (left, top, right, bottom float64) {
	c := s.coords
	switch {
	case s.kind == "ellipse" && len(c) == 3:
		return c[0] - c[2], c[1] - c[2], c[0] + c[2], c[1] + c[2]
	case s.kind == "ellipse" && len(c) == 4:
		return c[0] - c[2]/2, c[1] - c[3]/2, c[0] + c[2]/2, c[1] + c[3]/2
	}
	left, top, right, bottom = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for i := 0; i+1 < len(c); i += 2 {
		left, right = min(left, c[i]), max(right, c[i])
		top, bottom = min(top, c[i+1]), max(bottom, c[i+1])
	}
	return left, top, right, bottom
}
