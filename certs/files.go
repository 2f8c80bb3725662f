package certs

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/proba-exam/proba/certs/badge"
	"github.com/proba-exam/proba/internal/fault"
)

// File is one file of a certificate.
type File struct {
	// Name is what it is called, beside the certificate's id.
	Name, MediaType string
	make            func(*Service, context.Context, *Certificate) ([]byte, error)
}

// Files are all files of a certificate, by name.
func Files() []File {
	return []File{
		{"certificate.pdf", "application/pdf", (*Service).PDF},
		{"credential.json", "application/vc", func(_ *Service, _ context.Context, c *Certificate) ([]byte, error) { return c.Credential, nil }},
		{"credential.jwt", "application/vc+jwt", func(_ *Service, _ context.Context, c *Certificate) ([]byte, error) { return c.JWT, nil }},
		{"certificate.cose", "application/cose", func(_ *Service, _ context.Context, c *Certificate) ([]byte, error) { return c.Payload, nil }},
		{"certificate.tlog-proof", "text/plain; charset=utf-8", func(_ *Service, _ context.Context, c *Certificate) ([]byte, error) { return c.Proof, nil }},
		{"badge.png", "image/png", (*Service).badgePNG},
		{"badge.svg", "image/svg+xml", (*Service).badgeSVG},
	}
}

// File makes the named file of a certificate. NotFound when there is no such file,
// or not yet.
func (s *Service) File(ctx context.Context, c *Certificate, name string) (data []byte, mediaType string, err error) {
	for _, f := range Files() {
		if f.Name != name {
			continue
		}
		if data, err = f.make(s, ctx, c); err != nil {
			return nil, "", err
		}
		if len(data) > 0 {
			return data, f.MediaType, nil
		}
	}
	return nil, "", fault.New(fault.NotFound, "certificate.no_file", "This certificate has no such file, or not yet.")
}

func (s *Service) badgePNG(_ context.Context, c *Certificate) ([]byte, error) {
	image, err := QRPNG(s.URL(c))
	if err != nil {
		return nil, err
	}
	return badge.BakePNG(image, c.Credential)
}

// badgeSVG is the QR code with the certificate's words around it.
func (s *Service) badgeSVG(_ context.Context, c *Certificate) ([]byte, error) {
	rows, err := modules(s.URL(c))
	if err != nil {
		return nil, err
	}
	n := len(rows)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" lang="%s" role="img">`, n, n+24, escaped(c.Statement.Language))
	fmt.Fprintf(&b, "\n<title>%s — %s</title>\n", escaped(c.Statement.Name), escaped(c.Statement.Title))
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="#fff"/><path d="`)
	for y, row := range rows {
		for x := 0; x < n; x++ {
			start := x
			for x < n && row[x] {
				x++
			}
			if x > start {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", start, y, x-start, x-start)
			}
		}
	}
	fmt.Fprintf(&b, "\"/>\n<g font-family=\"serif\" text-anchor=\"middle\" fill=\"#18403a\">\n")
	for i, line := range []struct {
		size, text string
	}{{"4.2", c.Statement.Name}, {"2.6", c.Statement.Title}, {"2.6", c.Statement.Issuer}, {"2.6", c.ID.Printed()}} {
		fmt.Fprintf(&b, "<text x=\"%.1f\" y=\"%d\" font-size=\"%s\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\">%s</text>\n",
			float64(n)/2, n+5*(i+1), line.size, min(n-8, 2*len([]rune(line.text))), escaped(line.text))
	}
	b.WriteString("</g>\n</svg>\n")
	return badge.BakeSVG([]byte(b.String()), c.Credential)
}

func escaped(s string) string {
	var b bytes.Buffer
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return ""
	}
	return b.String()
}
