package qti

import (
	"bytes"
	"image"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// ellipseCorners are those of the polygon that stands for an ellipse: it is nowhere
// more than 1 % of the radius off.
const ellipseCorners = 24

// maxCorners bounds the corners of an area in exam.
const maxCorners = 40

// area is an area of an image as the source has it, in its pixels.
type area struct {
	id, label, shape, coords string
}

// picture is what areas lie on.
type picture struct {
	text          exam.Text // the image as a text of the bank
	width, height float64   // of the source; 0 when it does not say
}

// hotspot reads areas of an image.
func (r *reader) hotspot(decl *declaration, e *interchange.Element) {
	p, ok := r.picture(e)
	if !ok {
		return
	}
	var areas []area
	for _, c := range e.All("hotspotChoice") {
		areas = append(areas, area{identifier(c.Attr("identifier")), c.Attr("hotspotLabel"), c.Attr("shape"), c.Attr("coords")})
	}
	r.areas(decl.id, p, areas, decl.cardinality == "multiple", atoi(e.Attr("maxChoices")))
}

// picture reads the image of a graphic interaction.
func (r *reader) picture(e *interchange.Element) (p picture, ok bool) {
	for _, c := range e.Children {
		if c.Name == "picture" {
			c = c.Child("img")
		}
		src := c.Attr("data")
		switch {
		case c == nil:
			continue
		case c.Name == "object":
			p.text = r.in(r.d.HTML(imageOf(src, c.Content())))
		case c.Name == "img":
			src = c.Attr("src")
			p.text = r.in(r.d.HTML(imageOf(src, c.Attr("alt"))))
		default:
			continue
		}
		p.width, p.height = float64(atoi(c.Attr("width"))), float64(atoi(c.Attr("height")))
		r.measure(&p, src)
		return p, r.shows(&p)
	}
	r.d.Refuse("qti.hotspot", "has no image for its areas to lie on")
	return p, false
}

// measure finds the size of an image that the source does not say.
func (q *question) measure(p *picture, src string) {
	if p.width > 0 && p.height > 0 || q.d.Media == nil || q.d.Refused() {
		return
	}
	data, err := q.d.Media(src)
	if err != nil {
		return
	}
	if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
		p.width, p.height = float64(c.Width), float64(c.Height)
	}
}

// shows reports whether the image is there.
func (q *question) shows(p *picture) bool {
	if width, _ := p.kept(); width == 0 && !q.d.Refused() {
		q.d.Refuse("qti.hotspot", "has no image that can be kept for its areas to lie on")
	}
	return !q.d.Refused()
}

// kept is the size of the image in the bank, 0 when it has none.
func (p *picture) kept() (width, height float64) {
	for _, name := range exam.Media(p.text) {
		w, h, _ := exam.Size(name)
		return float64(w), float64(h)
	}
	return 0, 0
}

// areas makes a choice among areas of an image.
func (q *question) areas(variable string, p picture, areas []area, multiple bool, most int) {
	if q.d.TooMany(len(areas)) {
		return
	}
	in := &exam.HotspotImage{Image: p.text}
	var choices []choice
	for i, a := range areas {
		if a.shape == "default" {
			if slices.Contains(q.correct[variable], a.id) {
				q.d.Refuse("hotspot.default", "what lies outside of its areas is right; here only areas can be")
				return
			}
			q.d.Lose("hotspot.default", "what lies outside of its areas cannot be chosen here")
			continue
		}
		shape, wrong := q.outline(&p, a)
		if wrong != "" {
			q.d.Refuse("hotspot.area", "area %q %s", a.id, wrong)
			return
		}
		name := q.in(q.d.Plain(a.label))
		if interchange.Blank(name) {
			name = q.unnamed(p.text, i+1)
		}
		in.Areas = append(in.Areas, exam.Area{Name: name, Shape: shape})
		choices = append(choices, choice{id: a.id, text: name})
	}
	q.keyAreas(in, variable, choices, multiple, most)
	if !q.d.Refused() {
		q.d.Item.Kind, q.d.Item.Interaction = exam.Hotspot, in
	}
}

// keyAreas marks the right areas, as the options of a choice would be.
func (q *question) keyAreas(in *exam.HotspotImage, variable string, choices []choice, multiple bool, most int) {
	if !multiple {
		q.d.SingleChoice(q.weighed(variable, choices))
		if c, ok := q.d.Item.Interaction.(*exam.SingleChoice); ok {
			in.Choose = 1
			for i := range in.Areas {
				in.Areas[i].Key = c.Options[i].Key
			}
		}
		return
	}
	q.chooseSeveral(variable, choices, most)
	if c, ok := q.d.Item.Interaction.(*exam.MultipleChoice); ok {
		in.Choose = c.Choose
		for i := range in.Areas {
			in.Areas[i].Key = c.Options[i].Key
		}
		if c.Choose == 1 && q.d.Item.Scoring == exam.PerOption && !q.ruled {
			q.d.Item.Scoring = "" // the one area is right or wrong
			q.d.Lose("scoring.partial", "a wrong area earns part of the point in its source; here it earns nothing")
		}
	}
}

// unnamed is the name of an area that has none, in the languages of its image.
func (q *question) unnamed(image exam.Text, n int) exam.Text {
	q.d.Lose("hotspot.names", "its areas have no names, by which who does not see the image chooses; they are numbered: write what is there")
	name := make(exam.Text)
	for lang := range image {
		name[lang] = "" // filled in later
	}
	q.d.FillIn(name, "Area "+strconv.Itoa(n), "Ділянка "+strconv.Itoa(n))
	return name
}

// outline brings an area into the pixels of the image that is kept.
func (q *question) outline(p *picture, a area) (s exam.Shape, wrong string) {
	width, height := p.kept()
	from := [2]float64{p.width, p.height}
	if from[0] <= 0 || from[1] <= 0 {
		from = [2]float64{width, height}
	}
	coords, ok := numbersOf(a.coords, from)
	if !ok || len(coords) > 2*maxCorners {
		return s, "has coordinates that are no numbers, or too many"
	}
	scale := [2]float64{width / from[0], height / from[1]}
	for i := range coords { // a radius is the third of a circle and both of an ellipse
		coords[i] *= scale[i%2]
	}
	want := map[string]int{"circle": 3, "rect": 4, "ellipse": 4}[a.shape]
	switch {
	case want != 0 && len(coords) != want, want == 0 && (len(coords) < 6 || len(coords)%2 != 0):
		return s, "has another number of coordinates than its shape"
	case a.shape == "circle" && circled(coords, width, height):
		return exam.Shape{Outline: exam.Circle, Coords: within(coords, width, height)}, ""
	case a.shape == "circle":
		coords = ellipse(coords[0], coords[1], coords[2], coords[2])
	case a.shape == "ellipse":
		q.d.Remark("hotspot.ellipse", "an ellipse is kept as a polygon of %d corners", ellipseCorners)
		coords = ellipse(coords[0], coords[1], coords[2], coords[3])
	case a.shape == "rect":
		s.Outline = exam.Rectangle
	case a.shape != "poly":
		return s, "has the shape " + strconv.Quote(a.shape) + ", which is none of QTI"
	}
	edge := [2]float64{width, height}
	for i, c := range coords {
		if c < -0.5 || c > edge[i%2]+0.5 {
			q.d.Remark("hotspot.edge", "an area that reached over the edge of its image is cut there")
		}
	}
	if s.Coords = within(coords, width, height); s.Outline == "" {
		s.Outline = exam.Polygon
		if a.shape != "poly" {
			s.Coords = distinct(s.Coords)
		}
	}
	return s, ""
}

// circled reports whether a circle lies within the image.
func circled(c []float64, width, height float64) bool {
	r := c[2]
	return c[0]-r >= 0 && c[1]-r >= 0 && c[0]+r <= width && c[1]+r <= height
}

// distinct leaves out corners that fell on the one before when they were rounded.
func distinct(corners []int) []int {
	var kept []int
	for i := 0; i+1 < len(corners); i += 2 {
		if n := len(kept); n < 2 || kept[n-2] != corners[i] || kept[n-1] != corners[i+1] {
			kept = append(kept, corners[i], corners[i+1])
		}
	}
	return kept
}

// numbersOf reads coordinates: pixels, or shares of the image in percent.
func numbersOf(s string, size [2]float64) (all []float64, ok bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(", ;\n\t", r) })
	for i, part := range parts {
		number, share := strings.CutSuffix(part, "%")
		f, err := strconv.ParseFloat(number, 64)
		if err != nil || math.IsNaN(f) || math.Abs(f) > 1e6 {
			return nil, false
		}
		switch of := size[i%2]; {
		case share && i == 2 && len(parts) == 3: // a radius, of the smaller side
			f *= min(size[0], size[1]) / 100
		case share:
			f *= of / 100
		}
		all = append(all, f)
	}
	return all, len(all) > 0
}

// within rounds coordinates and keeps them within the image; a radius stays as it is.
func within(coords []float64, width, height float64) []int {
	edge := [2]float64{width, height}
	all := make([]int, len(coords))
	for i, c := range coords {
		all[i] = int(math.Round(max(0, min(c, edge[i%2]))))
	}
	return all
}

// ellipse are the corners of a polygon that stands for an ellipse.
func ellipse(x, y, across, down float64) []float64 {
	var corners []float64
	for i := range ellipseCorners {
		angle := 2 * math.Pi * float64(i) / ellipseCorners
		corners = append(corners, x+across*math.Cos(angle), y+down*math.Sin(angle))
	}
	return corners
}
