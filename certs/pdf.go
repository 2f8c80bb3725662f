package certs

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"github.com/proba-exam/proba/internal/fault"
)

// Page geometry in millimetres: A4 landscape.
const (
	pageWidth  = 297.0
	pageHeight = 210.0
	frameInset = 10.0
	textInset  = 32.0
	textWidth  = pageWidth - 2*textInset
	cellMargin = 1.0 // what the writer keeps free on either side of a cell
)

// The least sizes, in points, at which name and title are printed.
const (
	leastName  = 16.0
	leastTitle = 11.0
)

// Sizes of type in points, and where those stand who sign.
const (
	headingSize, textSize, noteSize = 26.0, 12.0, 9.0
	signatorySize, functionSize     = 10.0, 8.5
	// Three of them fit left of the code.
	signatoryWidth, signatoryGap = 60.0, 7.0
	signatoryTop                 = 147.0
)

// Shades of type.
var (
	black, dark, soft = [3]int{20, 20, 20}, [3]int{40, 40, 40}, [3]int{90, 90, 90}
)

// ink is the colour of frame and headings, a dark green as on banknotes.
var ink = [3]int{24, 64, 58}

// Layout is what a certificate's look depends on besides its statement.
type Layout struct {
	// PublicURL is where it can be verified.
	PublicURL string
	// Zone in which dates are printed, unless the template says another.
	Zone *time.Location
	// Template is the issuer's look, nil for the usual one.
	Template *Template
	// Sample prints "sample" across the page, and a code that leads to the form
	// only.
	Sample bool
}

// PDF prints the certificate on one page. The same certificate and layout give
// the same bytes.
func PDF(c *Certificate, l Layout) ([]byte, error) {
	pdf, _, err := render(c, l, nil)
	return pdf, err
}

// render prints the certificate, and draws it when there is a drawing.
func render(c *Certificate, l Layout, d *drawing) (pdf []byte, drawn *drawing, err error) {
	if err := c.Statement.checkPrintable(); err != nil {
		return nil, nil, err
	}
	defer func() { // fpdf panics on some malformed text; a request must not
		if r := recover(); r != nil {
			pdf, err = nil, fault.New(fault.Internal, "certificate.pdf", "The certificate could not be printed.").Wrap(fmt.Errorf("pdf writer: %v", r))
		}
	}()
	p, err := newPage(c, l)
	if err != nil {
		return nil, nil, err
	}
	p.drawing = d
	if err := p.fill(c); err != nil {
		return nil, nil, err
	}
	var out bytes.Buffer
	if err := p.Output(&out); err != nil {
		return nil, nil, fmt.Errorf("write the PDF: %w", err)
	}
	return out.Bytes(), d, nil
}

// fill puts everything on the page.
func (p *page) fill(c *Certificate) error {
	s, t := &c.Statement, p.layout.Template
	w := t.over(wordsOf(s.Language), s.Language)
	p.frame()
	if t != nil && len(t.Logo.PNG) > 0 {
		p.logo(t.Logo)
	}
	p.text(30, "", 13, s.Issuer)
	p.spaced(50, w.certificate)
	p.text(68, "", textSize, w.states)
	p.fitted(79, "B", 30, leastName, s.Name)
	p.text(99, "", textSize, w.passed)
	p.fitted(107, "B", 18, leastTitle, s.Title)
	if s.Score != nil {
		p.text(128, "", textSize, fmt.Sprintf("%s: %d%s%02d\u00a0%%", w.score, *s.Score/100, w.point, *s.Score%100))
	}
	if w.note != "" {
		p.text(135, "", noteSize, w.note)
	}
	if t != nil {
		p.signatories(t.Signatories, s.Language)
	}
	p.facts(c, w)
	if p.layout.Sample {
		p.across(w.sample)
	}
	return p.code(c, w)
}

type page struct {
	*fpdf.Fpdf
	layout  Layout
	drawing *drawing
}

func newPage(c *Certificate, l Layout) (*page, error) {
	p := &page{Fpdf: fpdf.New("L", "mm", "A4", ""), layout: l}
	p.SetCreationDate(c.Statement.IssuedAt)
	p.SetModificationDate(c.Statement.IssuedAt)
	p.SetCatalogSort(true)
	p.SetLang(c.Statement.Language)
	p.SetTitle(c.Statement.Title, true)
	p.SetAuthor(c.Statement.Issuer, true)
	p.SetCreator("Proba", true)
	p.SetAutoPageBreak(false, 0)
	p.SetMargins(0, 0, 0)
	for _, font := range [][2]string{{"", regularFont}, {"B", boldFont}} {
		data, err := fonts.ReadFile(font[1])
		if err != nil {
			return nil, fmt.Errorf("certificate font: %w", err)
		}
		p.AddUTF8FontFromBytes("serif", font[0], data)
	}
	var attached []fpdf.Attachment
	for _, file := range []fpdf.Attachment{{Content: c.Credential, Filename: "credential.json"}, {Content: c.Proof, Filename: "certificate.tlog-proof"}} {
		if file.Content != nil {
			attached = append(attached, file)
		}
	}
	p.SetAttachments(attached)
	p.AddPage()
	return p, nil
}

// frame draws a thick and a thin line around the page.
func (p *page) frame() {
	p.SetDrawColor(ink[0], ink[1], ink[2])
	for _, line := range []struct{ inset, width float64 }{{frameInset, 0.9}, {frameInset + 2.2, 0.25}} {
		p.SetLineWidth(line.width)
		p.Rect(line.inset, line.inset, pageWidth-2*line.inset, pageHeight-2*line.inset, "D")
		p.drawing.rect(line.inset, line.inset, pageWidth-2*line.inset, pageHeight-2*line.inset, line.width)
	}
}

// width is that of a line in millimetres.
func (p *page) width(style string, size float64, s string) float64 {
	p.SetFont("serif", style, size)
	return p.GetStringWidth(s)
}

// box is a place for one line: its corner, its size, and where in it the line stands,
// "L", "C" or "R".
type box struct {
	x, y, w, h float64
	align      string
}

// print prints one line in its box.
func (p *page) print(b box, style string, size float64, colour [3]int, s string) {
	p.SetTextColor(colour[0], colour[1], colour[2])
	p.SetFont("serif", style, size)
	p.SetXY(b.x, b.y)
	p.CellFormat(b.w, b.h, s, "", 0, b.align, false, 0, "")
	p.sketch(b, style, size, colour, s)
}

// sketch draws what print prints, at the same place.
func (p *page) sketch(b box, style string, size float64, colour [3]int, s string) {
	width, margin := p.GetStringWidth(s), p.GetCellMargin()
	x := map[string]float64{"L": b.x + margin, "C": b.x + (b.w-width)/2, "R": b.x + b.w - margin - width}[b.align]
	p.drawing.text(x, b.y+b.h/2+size*points*0.3, width, style, size, colour, s)
}

// text prints one centred line at height y.
func (p *page) text(y float64, style string, size float64, s string) {
	p.print(box{textInset, y, textWidth, size * 0.5, "C"}, style, size, dark, s)
}

// spaced prints the word at the head of the page in widely spaced capitals.
func (p *page) spaced(y float64, s string) {
	p.print(box{textInset, y, textWidth, 12, "C"}, "B", headingSize, ink, spread(s))
}

// spread is a word in capitals with space between them.
func spread(s string) string {
	return strings.Join(strings.Split(strings.ToUpper(s), ""), "\u2009")
}

// logo puts the image into its box above the issuer's name, as large as fits.
func (p *page) logo(l Logo) {
	scale := min(logoWidth/float64(l.Width), logoHeight/float64(l.Height))
	w, h := float64(l.Width)*scale, float64(l.Height)*scale
	x, y := (pageWidth-w)/2, 15+(logoHeight-h)/2
	o := fpdf.ImageOptions{ImageType: "PNG"}
	p.RegisterImageOptionsReader("logo", o, bytes.NewReader(l.PNG))
	p.ImageOptions("logo", x, y, w, h, false, o, 0, "")
	p.drawing.image(x, y, w, h, l.PNG)
}

// signatories prints a line for each of those who sign, with name and function under it.
func (p *page) signatories(all []Signatory, lang string) {
	for i, s := range all {
		x := textInset + float64(i)*(signatoryWidth+signatoryGap)
		p.SetDrawColor(soft[0], soft[1], soft[2])
		p.SetLineWidth(0.2)
		p.Line(x, signatoryTop, x+signatoryWidth, signatoryTop)
		p.drawing.rule(x, signatoryTop, signatoryWidth)
		p.print(box{x, signatoryTop + 0.8, signatoryWidth, 4.6, "C"}, "B", signatorySize, black, s.Name[lang])
		p.print(box{x, signatoryTop + 5.4, signatoryWidth, 4.2, "C"}, "", functionSize, soft, s.Function[lang])
	}
}

// fitted prints a text at the largest size, from size down to least, at which it
// fits on one line, and on up to two lines at the least size.
func (p *page) fitted(y float64, style string, size, least float64, s string) {
	p.SetTextColor(20, 20, 20)
	p.SetFont("serif", style, size)
	for size > least && p.GetStringWidth(s) > textWidth {
		size--
		p.SetFontSize(size)
	}
	p.SetXY(textInset, y)
	p.MultiCell(textWidth, size*0.5, s, "", "C", false)
	for i, line := range p.SplitText(s, textWidth) {
		p.sketch(box{textInset, y + float64(i)*size*0.5, textWidth, size * 0.5, "C"}, style, size, black, line)
	}
}

// across prints a word over the whole page, so that nobody takes it for more.
func (p *page) across(s string) {
	p.TransformBegin()
	p.TransformRotate(24, pageWidth/2, pageHeight/2)
	p.SetTextColor(166, 27, 27)
	p.SetAlpha(0.25, "Normal")
	p.SetFont("serif", "B", 110)
	p.SetXY(0, pageHeight/2-22)
	p.CellFormat(pageWidth, 44, s, "", 0, "C", false, 0, "")
	p.SetAlpha(1, "Normal")
	p.TransformEnd()
	p.drawing.across(s, p.GetStringWidth(s), 110)
}

// facts prints dates and number at the lower left. Dates of another zone than the
// issuer's name it.
func (p *page) facts(c *Certificate, w words) {
	zone, named := p.layout.Template.zone(p.layout.Zone), ""
	if p.layout.Template != nil && p.layout.Template.Zone != "" {
		named = " (" + p.layout.Template.Zone + ")"
	}
	rows := [][2]string{{w.issued, w.date(c.Statement.IssuedAt.In(zone)) + named}}
	if !c.Statement.ExpiresAt.IsZero() {
		rows = append(rows, [2]string{w.validUntil, w.date(c.Statement.lastDay(zone)) + named})
	}
	rows = append(rows, [2]string{w.number, c.ID.Printed()})
	y := 178 - 8*float64(len(rows)-1)
	for _, row := range rows {
		p.print(box{textInset, y, 44, 6, "L"}, "", 10, soft, row[0])
		p.print(box{textInset + 44, y, 90, 6, "L"}, "B", 11, black, row[1])
		y += 8
	}
}

// code draws the QR code at the lower right, the host and the number in words
// beside it, and makes it a link.
func (p *page) code(c *Certificate, w words) error {
	target := URL(p.layout.PublicURL, c.ID, c.Payload)
	if p.layout.Sample {
		target = strings.TrimSuffix(p.layout.PublicURL, "/") + "/v"
	}
	rows, err := modules(target)
	if err != nil {
		return err
	}
	x, y := pageWidth-textInset-QRMillimetres+4, 184.0-QRMillimetres
	p.symbol(x, y, rows)
	p.LinkString(x, y, QRMillimetres, QRMillimetres, target)
	host := p.layout.PublicURL
	if u, err := url.Parse(p.layout.PublicURL); err == nil {
		host = u.Host
	}
	for i, line := range []string{w.verify, host + "/v", c.ID.Printed()} {
		p.print(box{x - 72, y + 20 + float64(i)*4.6, 70, 4.6, "R"}, "", 9, soft, line)
	}
	return nil
}

// symbol fills all dark modules as ONE path: separate rectangles leave hairlines
// between them that some readers stumble over.
func (p *page) symbol(x, y float64, rows [][]bool) {
	size := QRMillimetres / float64(len(rows))
	p.SetFillColor(0, 0, 0)
	for r, row := range rows {
		for start := 0; start < len(row); start++ {
			if !row[start] {
				continue
			}
			end := start
			for end < len(row) && row[end] {
				end++
			}
			left, right := x+float64(start)*size, x+float64(end)*size
			top, bottom := y+float64(r)*size, y+float64(r+1)*size
			p.MoveTo(left, top)
			p.LineTo(right, top)
			p.LineTo(right, bottom)
			p.LineTo(left, bottom)
			p.ClosePath()
			start = end
		}
	}
	p.DrawPath("F")
	p.drawing.symbol(x, y, size, rows)
}
