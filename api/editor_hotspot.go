package api

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
)

// Areas are written by their numbers; the preview beside the fields draws them.
func editHotspot() kindEditor {
	return kindEditor{kind: exam.Hotspot, show: showHotspot, read: readHotspot}
}

const areasPath = "/interaction/areas"

func showHotspot(s *editorSheet, in exam.Interaction) {
	h, _ := in.(*exam.HotspotImage)
	if h == nil {
		h = &exam.HotspotImage{Choose: 1}
	}
	g := s.group("/interaction/image", "wKdImage", "wKdImageHint")
	g.row(s.texts(lineField, "/interaction/image", s.word("wKdImage"), h.Image)...)
	g = s.group(areasPath, "wKdAreas", "wKdAreasHint")
	g.counted(areasPath)
	for n := range rowsFor(len(h.Areas)) {
		a := exam.Area{Shape: exam.Shape{Outline: exam.Rectangle}}
		if n < len(h.Areas) {
			a = h.Areas[n]
		}
		at, name := fmt.Sprintf("%s/%d", areasPath, n), fmt.Sprintf("%s %d", s.word("wKdArea"), n+1)
		outlines := make([]string, len(exam.Outlines()))
		for i, o := range exam.Outlines() {
			outlines[i] = string(o)
		}
		row := []editorField{{Name: at + "/key", Type: tickField, Label: s.word("wKey") + ": " + name, Value: "1", Checked: a.Key},
			{Name: at + "/shape/outline", Type: selectField, Label: name + ": " + s.word("wKdOutline"), Value: string(a.Outline), Choices: outlines, Words: "outline"},
			{Name: at + "/shape/coords", Type: lineField, Label: name + ": " + s.word("wKdCoords"), Value: numbersIn(a.Coords)}}
		g.row(append(row, s.texts(lineField, at+"/name", name, a.Name)...)...)
	}
	g = s.group("/interaction/choose", "wChoose", "wChooseHint")
	g.row(editorField{Name: "/interaction/choose", Type: tickField, Label: s.word("wChooseTick"), Value: "1", Checked: h.Choose > 0})
}

func numbersIn(coords []int) string {
	said := make([]string, len(coords))
	for i, n := range coords {
		said[i] = strconv.Itoa(n)
	}
	return strings.Join(said, ", ")
}

func readHotspot(f itemFields) exam.Interaction {
	h := &exam.HotspotImage{Image: f.text("/interaction/image"), Areas: []exam.Area{}}
	keys := 0
	f.rows(areasPath, func(_ int, at string) {
		a := exam.Area{Name: f.text(at + "/name"), Key: f.value(at+"/key") != "", Shape: exam.Shape{Outline: exam.Outline(f.line(at + "/shape/outline")), Coords: []int{}}}
		for _, s := range splitList(f.line(at + "/shape/coords")) {
			n, err := strconv.Atoi(s)
			if err != nil {
				n = -1 // which is outside of every image
			}
			a.Coords = append(a.Coords, n)
		}
		if len(a.Name)+len(a.Coords) == 0 {
			return
		}
		if a.Key {
			keys++
		}
		h.Areas = append(h.Areas, a)
	})
	if f.value("/interaction/choose") != "" {
		h.Choose = keys
	}
	return h
}
