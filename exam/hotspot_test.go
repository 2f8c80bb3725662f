package exam

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var testImage = "![a desk](" + strings.Repeat("a", 64) + "-640x480.png)"

// genHotspot draws an image with areas of all outlines.
func genHotspot(t *rapid.T) *HotspotImage {
	h := &HotspotImage{Image: Text{"en": testImage, "uk": testImage}}
	shapes := []Shape{{Circle, []int{50, 60, 20}}, {Rectangle, []int{100, 10, 180, 90}}, {Polygon, []int{200, 10, 260, 20, 230, 90}}}
	for i := range rapid.IntRange(2, 6).Draw(t, "areas") {
		h.Areas = append(h.Areas, Area{Name: text("area %d", i), Shape: rapid.SampledFrom(shapes).Draw(t, "shape"), Key: i%2 == 0})
	}
	if rapid.Bool().Draw(t, "choose") {
		h.Choose = countKeys(h.choice().Options)
	}
	return h
}

func desk() *HotspotImage {
	return &HotspotImage{Image: Text{"en": testImage, "uk": testImage}, Choose: 1, Areas: []Area{
		{Name: text("a phone"), Shape: Shape{Circle, []int{320, 240, 40}}},
		{Name: text("a passport"), Shape: Shape{Rectangle, []int{0, 0, 100, 80}}, Key: true},
		{Name: text("a ledger"), Shape: Shape{Polygon, []int{500, 300, 640, 300, 600, 480}}},
	}}
}

func TestHotspotMarks(t *testing.T) {
	one := desk()
	checkMarks(t, one, Arrangement{Options: turned(3)}, []marking{
		{AllOrNothing, Response{Choices: []int{1}}, 1000},
		{AllOrNothing, Response{Choices: []int{0}}, 0},
		{AllOrNothing, Response{}, 0},
	})
	if f := one.accept(Response{Choices: []int{0, 1}}); f == nil {
		t.Error("two areas are taken where one is asked for")
	}
	if got := one.rules(); !slices.Equal(got, []Rule{AllOrNothing}) {
		t.Errorf("one area is marked by %v", got)
	}
	two := desk()
	two.Choose, two.Areas[2].Key = 0, true
	checkMarks(t, two, Arrangement{Options: identity(3)}, []marking{
		{RightMinusWrong, Response{Choices: []int{1, 2}}, 1000},
		{RightMinusWrong, Response{Choices: []int{1}}, 500},
		{RightMinusWrong, Response{Choices: []int{0, 1}}, 0},
		{RightMinusWrong, Response{Choices: []int{0, 1, 2}}, 500}, // pointing everywhere
		{PerOption, Response{Choices: []int{0, 1, 2}}, 666},
		{AllOrNothing, Response{Choices: []int{0, 1, 2}}, 0},
	})
}

// TestPointingEverywhereIsNeverFull holds for every hotspot and rule.
func TestPointingEverywhereIsNeverFull(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := genHotspot(t)
		everywhere := Response{Choices: identity(len(h.Areas))}
		a := Arrangement{Options: rapid.Permutation(identity(len(h.Areas))).Draw(t, "order")}
		for _, rule := range h.rules() {
			if h.accept(everywhere) == nil && h.mark(rule, a, everywhere) >= OnePoint {
				t.Fatalf("%s gives the point to who points everywhere", rule)
			}
		}
	})
}

func TestHotspotContentFaultsNameTheirPlace(t *testing.T) {
	wide := strings.Replace(testImage, "640", "641", 1)
	for name, c := range map[string]struct {
		spoil func(*HotspotImage)
		path  string
	}{
		"no image":              {func(h *HotspotImage) { h.Image["en"] = "a desk" }, "/i/image/en"},
		"two images":            {func(h *HotspotImage) { h.Image["en"] += testImage }, "/i/image/en"},
		"no description":        {func(h *HotspotImage) { h.Image["en"] = strings.Replace(testImage, "a desk", "", 1) }, "/i/image/en"},
		"a language is missing": {func(h *HotspotImage) { delete(h.Image, "uk") }, "/i/image/uk"},
		"another size":          {func(h *HotspotImage) { h.Image["uk"] = wide }, "/i/image/uk"},
		"one area":              {func(h *HotspotImage) { h.Areas = h.Areas[1:2] }, "/i/areas"},
		"no key":                {func(h *HotspotImage) { h.Areas[1].Key = false }, "/i/areas"},
		"another choose":        {func(h *HotspotImage) { h.Choose = 2 }, "/i/choose"},
		"no name":               {func(h *HotspotImage) { h.Areas[0].Name = Text{"en": "a phone"} }, "/i/areas/0/name/uk"},
		"equal names":           {func(h *HotspotImage) { h.Areas[1].Name = h.Areas[0].Name }, "/i/areas/1/name/en"},
		"a name with an image":  {func(h *HotspotImage) { h.Areas[1].Name = h.Image }, "/i/areas/1/name"},
		"no outline":            {func(h *HotspotImage) { h.Areas[0].Outline = "star" }, "/i/areas/0/shape/coords"},
		"too few numbers":       {func(h *HotspotImage) { h.Areas[0].Coords = []int{1, 2} }, "/i/areas/0/shape/coords"},
		"an odd polygon":        {func(h *HotspotImage) { h.Areas[2].Coords = []int{1, 2, 3, 4, 5, 6, 7} }, "/i/areas/2/shape/coords"},
		"no radius":             {func(h *HotspotImage) { h.Areas[0].Coords[2] = 0 }, "/i/areas/0/shape/coords"},
		"a rectangle of two points the other way round": {func(h *HotspotImage) { h.Areas[1].Coords = []int{100, 80, 0, 0} }, "/i/areas/1/shape/coords"},
		"outside": {func(h *HotspotImage) { h.Areas[2].Coords[2] = 641 }, "/i/areas/2/shape/coords"},
	} {
		in := desk()
		c.spoil(in)
		var paths []string
		for _, f := range in.check("/i", testLangs) {
			paths = append(paths, f.Path)
		}
		if !slices.Contains(paths, c.path) {
			t.Errorf("%s: faults at %v, want one at %s", name, paths, c.path)
		}
	}
	if faults := desk().check("/i", testLangs); len(faults) > 0 {
		t.Errorf("nothing is wrong: %v", faults)
	}
}

// TestAMovedAreaIsAnotherQuestion: what people pointed at cannot be marked by areas that
// are somewhere else.
func TestAMovedAreaIsAnotherQuestion(t *testing.T) {
	asked := Item{ID: "item-1", Kind: Hotspot, Stem: text("Where?"), Interaction: desk()}
	other := asked
	for name, change := range map[string]func(*HotspotImage){
		"moved":         func(h *HotspotImage) { h.Areas[0].Coords[0]++ },
		"another image": func(h *HotspotImage) { h.Image["en"] = strings.Replace(testImage, "aaa", "bbb", 1) },
	} {
		in := desk()
		change(in)
		other.Interaction = in
		if _, err := sameQuestion(&asked, &other); err == nil {
			t.Errorf("%s: taken for the same question", name)
		}
	}
	in := desk()
	slices.Reverse(in.Areas)
	other.Interaction = in
	if _, err := sameQuestion(&asked, &other); err != nil {
		t.Errorf("areas in another order: %v", err)
	}
}
