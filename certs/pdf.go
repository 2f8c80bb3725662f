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

// ink is the colour of frame and headings, a dark green as on banknotes.
var ink = [3]int{24, 64, 58}

// Layout is what a certificate's look depends on besides its statement.
type Layout struct {
	// PublicURL is where it can be verified.
	PublicURL string
	// Zone in which dates are printed.
	Zone *time.Location
	// Sample prints "sample" across the page, and a code that leads to the form
	// only.
	Sample bool
}

// PDF prints the certificate on one page. The same certificate and layout give
// the same bytes.
func PDF(c *Certificate, l Layout) (pdf []byte, err error) {
	s := &c.Statement
	if err := s.checkPrintable(); err != nil {
		return nil, err
	}
	defer func() { // fpdf panics on some malformed text; a request must not
		if r := recover(); r != nil {
			pdf, err = nil, fault.New(fault.Internal, "certificate.pdf", "The certificate could not be printed.").Wrap(fmt.Errorf("pdf writer: %v", r))
		}
	}()
	p, err := newPage(c, l)
	if err != nil {
		return nil, err
	}
	w := wordsOf(s.Language)
	p.frame()
	p.text(30, "", 13, s.Issuer)
	p.spaced(50, w.certificate)
	p.text(68, "", 12, w.states)
	p.fitted(79, "B", 30, leastName, s.Name)
	p.text(99, "", 12, w.passed)
	p.fitted(107, "B", 18, leastTitle, s.Title)
	if s.Score != nil {
		p.text(128, "", 12, fmt.Sprintf("%s: %d%s%02d\u00a0%%", w.score, *s.Score/100, w.point, *s.Score%100))
	}
	p.facts(c, w)
	if l.Sample {
		p.across(w.sample)
	}
	if err := p.code(c, w); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := p.Output(&out); err != nil {
		return nil, fmt.Errorf("write the PDF: %w", err)
	}
	return out.Bytes(), nil
}

type page struct {
	*fpdf.Fpdf
	layout Layout
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
	}
}

// text prints one centred line at height y.
func (p *page) text(y float64, style string, size float64, s string) {
	p.SetTextColor(40, 40, 40)
	p.SetFont("serif", style, size)
	p.SetXY(textInset, y)
	p.CellFormat(textWidth, size*0.5, s, "", 0, "C", false, 0, "")
}

// spaced prints the word at the head of the page in widely spaced capitals.
func (p *page) spaced(y float64, s string) {
	p.SetTextColor(ink[0], ink[1], ink[2])
	p.SetFont("serif", "B", 26)
	p.SetXY(textInset, y)
	p.CellFormat(textWidth, 12, strings.Join(strings.Split(strings.ToUpper(s), ""), "\u2009"), "", 0, "C", false, 0, "")
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
}

// facts prints dates and number at the lower left.
func (p *page) facts(c *Certificate, w words) {
	rows := [][2]string{{w.issued, w.date(c.Statement.IssuedAt.In(p.layout.Zone))}}
	if !c.Statement.ExpiresAt.IsZero() {
		rows = append(rows, [2]string{w.validUntil, w.date(c.Statement.lastDay(p.layout.Zone))})
	}
	rows = append(rows, [2]string{w.number, c.ID.Printed()})
	y := 178 - 8*float64(len(rows)-1)
	for _, row := range rows {
		p.SetTextColor(90, 90, 90)
		p.SetFont("serif", "", 10)
		p.SetXY(textInset, y)
		p.CellFormat(44, 6, row[0], "", 0, "L", false, 0, "")
		p.SetTextColor(20, 20, 20)
		p.SetFont("serif", "B", 11)
		p.CellFormat(90, 6, row[1], "", 0, "L", false, 0, "")
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
		p.SetTextColor(90, 90, 90)
		p.SetFont("serif", "", 9)
		p.SetXY(x-72, y+20+float64(i)*4.6)
		p.CellFormat(70, 4.6, line, "", 0, "R", false, 0, "")
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
}
