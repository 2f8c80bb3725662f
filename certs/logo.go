package certs

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/srwiley/oksvg"
	"github.com/srwiley/rasterx"
	"golang.org/x/image/math/fixed"

	"github.com/proba-exam/proba/internal/fault"
)

// Logo is an image at the head of a certificate: always a plain PNG of 8 bits with
// nothing in it but pixels, whatever was given, so that what is printed later does not
// depend on a reader of images.
type Logo struct {
	PNG    []byte `json:"png,omitempty"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

// Bounds of a logo.
const (
	// logoWidth and logoHeight are its box on the page in millimetres.
	logoWidth, logoHeight = 80.0, 14.0
	// logoPixels is the most pixels to a side, some 600 to the inch of the box's width.
	logoPixels = 2000
	// maxLogoFile is the longest file that is read, maxLogo the longest that is kept: it
	// is in every certificate.
	maxLogoFile = 256 << 10
	maxLogo     = 100 << 10
	// maxShapes bounds the work of drawing an SVG.
	maxShapes = 2000
	// maxStrokes bounds the same in rows of pixels that lines go through: a drawing of
	// 2,000 shapes that each go up and down the page ten times.
	maxStrokes = 20_000_000
	// svgHeight is how high an SVG is drawn: 600 dots to the inch.
	svgHeight = 330
)

func badLogo(message string, args ...any) error {
	return fault.New(fault.Invalid, "template.invalid", "The template has a fault.").At(fault.Field{Path: "/logo", Message: fmt.Sprintf(message, args...)})
}

// ReadLogo reads a PNG, or an SVG of plain shapes. "template.invalid" names the field
// /logo and says why an image is refused.
func ReadLogo(data []byte) (Logo, error) {
	if len(data) > maxLogoFile {
		return Logo{}, badLogo("has more than 256 kB")
	}
	var drawn image.Image
	var err error
	if bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")) {
		drawn, err = readPNG(data)
	} else {
		drawn, err = drawSVG(data)
	}
	if err != nil {
		return Logo{}, err
	}
	// Drawn anew, nothing of the file is left but its pixels.
	plain := image.NewNRGBA(image.Rect(0, 0, drawn.Bounds().Dx(), drawn.Bounds().Dy()))
	draw.Draw(plain, plain.Bounds(), drawn, drawn.Bounds().Min, draw.Src)
	if blank(plain) { // also an SVG whose paths cannot be read
		return Logo{}, badLogo("shows nothing")
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, plain); err != nil {
		return Logo{}, fmt.Errorf("write the logo: %w", err)
	}
	if out.Len() > maxLogo {
		return Logo{}, badLogo("has more than 100 kB as PNG; make it smaller or simpler")
	}
	return Logo{PNG: out.Bytes(), Width: plain.Rect.Dx(), Height: plain.Rect.Dy()}, nil
}

// blank reports whether no pixel is to be seen.
func blank(img *image.NRGBA) bool {
	for i := 3; i < len(img.Pix); i += 4 {
		if img.Pix[i] != 0 {
			return false
		}
	}
	return true
}

func readPNG(data []byte) (image.Image, error) {
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, badLogo("is a damaged PNG")
	}
	if c.Width < 1 || c.Height < 1 || c.Width > logoPixels || c.Height > logoPixels { // before a small file becomes a large image
		return nil, badLogo("has %d × %d pixels; at most 2000 × 2000 are printed", c.Width, c.Height)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, badLogo("is a damaged PNG")
	}
	return img, nil
}

// svgElements are the shapes of an SVG that are drawn, with their attributes. There is
// no script, no style sheet, no text, no image and no reference among them.
var svgElements = []string{"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "title", "desc"}

var svgAttributes = []string{"xmlns", "version", "viewBox", "width", "height", "id", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "points", "transform",
	"fill", "fill-opacity", "fill-rule", "opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap", "stroke-linejoin", "role", "lang"}

// checkSVG refuses what is not a plain drawing.
func checkSVG(data []byte) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	shapes := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return badLogo("is neither a PNG nor an SVG")
		}
		switch token := token.(type) {
		case xml.Directive:
			return badLogo("has a document type declaration; save it as plain SVG")
		case xml.ProcInst:
			if token.Target != "xml" {
				return badLogo("has the instruction %q; save it as plain SVG", token.Target)
			}
		case xml.StartElement:
			if shapes++; shapes == 1 && token.Name.Local != "svg" {
				return badLogo("is neither a PNG nor an SVG")
			}
			if err := checkElement(token); err != nil {
				return err
			}
		}
		if shapes > maxShapes {
			return badLogo("has more than 2000 shapes")
		}
	}
	if shapes == 0 {
		return badLogo("is neither a PNG nor an SVG")
	}
	return nil
}

func checkElement(e xml.StartElement) error {
	if !slices.Contains(svgElements, e.Name.Local) {
		return badLogo("holds <%s>; only plain shapes are drawn", e.Name.Local)
	}
	for _, a := range e.Attr {
		if (a.Name.Space != "" && a.Name.Space != "xmlns") || (a.Name.Space == "" && !slices.Contains(svgAttributes, a.Name.Local)) {
			return badLogo("holds the attribute %s; only plain shapes are drawn", a.Name.Local)
		}
		if a.Name.Local == "fill-rule" && strings.TrimSpace(a.Value) != "nonzero" {
			// The rasterizer knows the other rule only, and would fill the holes.
			return badLogo("fills shapes by the rule %s, which is not drawn; send a PNG, or save the drawing with the rule nonzero", strings.TrimSpace(a.Value))
		}
		if strings.Contains(strings.ToLower(a.Value), "url(") {
			return badLogo("refers to something outside its shapes")
		}
	}
	return nil
}

// drawSVG draws an SVG at the height of the page's box.
func drawSVG(data []byte) (img image.Image, err error) {
	if err := checkSVG(data); err != nil {
		return nil, err
	}
	defer func() { // a malformed path must not end the request otherwise
		if recover() != nil {
			img, err = nil, badLogo("is a damaged SVG")
		}
	}()
	icon, err := oksvg.ReadIconStream(bytes.NewReader(data), oksvg.StrictErrorMode)
	if err != nil {
		return nil, badLogo("is a damaged SVG")
	}
	box := icon.ViewBox
	ratio := box.W / box.H
	if !(ratio >= 0.05 && ratio <= 20) || box.W > 1e5 || box.H > 1e5 { // also not a number
		return nil, badLogo("needs a viewBox with a width and a height")
	}
	height := svgHeight
	width := int(math.Round(svgHeight * ratio))
	if width > logoPixels {
		width, height = logoPixels, int(math.Round(logoPixels/ratio))
	}
	width, height = max(1, width), max(1, height)
	canvas := image.NewRGBA(image.Rect(0, 0, width, height))
	icon.SetTarget(0, 0, float64(width), float64(height))
	pen := &boundedScanner{ScannerGV: rasterx.NewScannerGV(width, height, canvas, canvas.Bounds()), left: maxStrokes}
	icon.Draw(rasterx.NewDasher(width, height, pen), 1)
	if pen.left < 0 {
		return nil, badLogo("reaches too far outside its page, or has too many lines")
	}
	return canvas, nil
}

// boundedScanner draws until its work is done: the rasterizer goes row by row through a
// line that lies outside the page too, millions of them for a single coordinate.
type boundedScanner struct {
	*rasterx.ScannerGV
	y    fixed.Int26_6
	left int64 // rows
}

// Start implements rasterx.Scanner.
func (s *boundedScanner) Start(a fixed.Point26_6) {
	s.y = a.Y
	s.ScannerGV.Start(a)
}

// Line implements rasterx.Scanner.
func (s *boundedScanner) Line(b fixed.Point26_6) {
	rows := int64(b.Y) - int64(s.y)
	if s.left -= max(rows, -rows)>>6 + 1; s.left >= 0 {
		s.y = b.Y
		s.ScannerGV.Line(b)
	}
}

// check is for a template that brings a logo which ReadLogo did not make.
func (l Logo) check() []fault.Field {
	if len(l.PNG) == 0 {
		return nil
	}
	c, err := png.DecodeConfig(bytes.NewReader(l.PNG))
	if err != nil || len(l.PNG) > maxLogo || c.Width != l.Width || c.Height != l.Height || c.Width > logoPixels || c.Height > logoPixels {
		return []fault.Field{{Path: "/logo", Message: "cannot be printed"}}
	}
	return nil
}
