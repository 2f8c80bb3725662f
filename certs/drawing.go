package certs

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// drawing is the page as SVG, for a preview: the same texts at the same places, each
// as wide as in the PDF, whatever font the reader has. A nil drawing draws nothing.
type drawing struct{ strings.Builder }

// points is a millimetre of a font's size.
const points = 25.4 / 72

func newDrawing(lang string) *drawing {
	d := new(drawing)
	fmt.Fprintf(d, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" lang="%s" font-family="'Noto Serif',serif"><rect width="100%%" height="100%%" fill="#fff"/>`, pageWidth, pageHeight, escaped(lang))
	return d
}

func (d *drawing) end() []byte { return []byte(d.String() + "</svg>\n") }

func rgb(c [3]int) string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

// text draws a line that begins at x, width wide, on the baseline y.
func (d *drawing) text(x, y, width float64, style string, size float64, colour [3]int, s string) {
	if d == nil || s == "" {
		return
	}
	weight := ""
	if style == "B" {
		weight = ` font-weight="700"`
	}
	fmt.Fprintf(d, `<text x="%.2f" y="%.2f" font-size="%.2f" textLength="%.2f" lengthAdjust="spacingAndGlyphs" fill="%s"%s>%s</text>`, x, y, size*points, width, rgb(colour), weight, escaped(s))
}

func (d *drawing) rect(x, y, w, h, line float64) {
	if d == nil {
		return
	}
	fmt.Fprintf(d, `<rect x="%g" y="%g" width="%g" height="%g" fill="none" stroke="%s" stroke-width="%g"/>`, x, y, w, h, rgb(ink), line)
}

func (d *drawing) rule(x, y, w float64) {
	if d == nil {
		return
	}
	fmt.Fprintf(d, `<path d="M%g %gh%g" stroke="#5a5a5a" stroke-width=".2"/>`, x, y, w)
}

func (d *drawing) image(x, y, w, h float64, png []byte) {
	if d == nil {
		return
	}
	fmt.Fprintf(d, `<image x="%.2f" y="%.2f" width="%.2f" height="%.2f" href="data:image/png;base64,%s"/>`, x, y, w, h, base64.StdEncoding.EncodeToString(png))
}

// symbol draws the dark modules of a code.
func (d *drawing) symbol(x, y, size float64, rows [][]bool) {
	if d == nil {
		return
	}
	fmt.Fprintf(d, `<path shape-rendering="crispEdges" transform="translate(%g %g) scale(%g)" d="`, x, y, size)
	for r, row := range rows {
		for start := 0; start < len(row); start++ {
			end := start
			for end < len(row) && row[end] {
				end++
			}
			if end > start {
				fmt.Fprintf(d, "M%d %dh%dv1h-%dz", start, r, end-start, end-start)
				start = end
			}
		}
	}
	d.WriteString(`"/>`)
}

// across draws a word over the page.
func (d *drawing) across(s string, width, size float64) {
	if d == nil {
		return
	}
	fmt.Fprintf(d, `<text transform="rotate(-24 %g %g)" x="%g" y="%g" text-anchor="middle" font-size="%.2f" font-weight="700" textLength="%.2f" lengthAdjust="spacingAndGlyphs" fill="#a61b1b" fill-opacity=".25">%s</text>`,
		pageWidth/2, pageHeight/2, pageWidth/2, pageHeight/2+size*points*0.3, size*points, width, escaped(s))
}
