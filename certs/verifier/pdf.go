package verifier

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"

	"github.com/proba-exam/proba/internal/fault"
)

// Bounds of what a PDF may hold. A certificate of ours has some twenty streams and
// inflates to less than a megabyte.
const (
	maxStreams  = 2000
	maxStream   = 4 << 20
	maxInflated = 32 << 20
)

var (
	streamStart = regexp.MustCompile(`stream\r?\n`)
	errPDF      = fault.New(fault.TooLarge, "pdf.too_much", "This PDF holds more than a certificate does; it was not looked at further.")
)

// readPDF takes files and link addresses out of a PDF, by looking at all of its
// streams. It does not follow the cross-reference table: a file that was saved
// again by another program, or is damaged elsewhere, still gives its evidence, and
// everything that is taken out is checked by signature.
func readPDF(data []byte) (Evidence, error) {
	e := Evidence{Kind: "pdf"}
	if err := e.links(data); err != nil {
		return Evidence{}, err
	}
	inflated, pictures := 0, [][]byte{}
	starts := streamStart.FindAllIndex(data, maxStreams+1)
	if len(starts) > maxStreams {
		return Evidence{}, errPDF
	}
	for i, at := range starts {
		end := len(data)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		body := data[at[1]:end]
		if stop := bytes.LastIndex(body, []byte("endstream")); stop >= 0 {
			body = body[:stop]
		}
		if bytes.HasPrefix(body, []byte("\xff\xd8\xff")) { // a JPEG, as scanners make them
			pictures = append(pictures, body)
			continue
		}
		plain, err := inflate(body)
		if err != nil {
			return Evidence{}, err
		}
		if inflated += len(plain); inflated > maxInflated {
			return Evidence{}, errPDF
		}
		if err := e.addFile(plain); err != nil {
			return Evidence{}, err
		}
		if err := e.links(plain); err != nil {
			return Evidence{}, err
		}
	}
	if e.Code == "" && e.Credential == nil {
		return e.scanned(pictures)
	}
	return e.found()
}

// links adds the addresses of certificates that stand in links.
func (e *Evidence) links(data []byte) error {
	for _, found := range code.FindAll(data, maxStreams) {
		if err := e.addCode(string(found)); err != nil {
			return err
		}
	}
	return nil
}

// maxPictures is how many pages of a scanned document are looked at.
const maxPictures = 20

// scanned looks for codes in the pictures of a PDF that holds nothing else.
func (e Evidence) scanned(pictures [][]byte) (Evidence, error) {
	for _, picture := range pictures[:min(len(pictures), maxPictures)] {
		text, err := scan(picture)
		if fault.Code(err) == errNothing.Code {
			continue
		}
		if err == nil {
			err = e.addCode(text)
		}
		if err != nil {
			return Evidence{}, err
		}
	}
	return e.found()
}

// inflate is the stream's content if it is compressed, else as it stands. A stream
// that ends too early gives what it has.
func inflate(body []byte) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(body))
	if err != nil {
		return bytes.TrimRight(body, "\r\n"), nil
	}
	plain, _ := io.ReadAll(io.LimitReader(r, maxStream+1)) // what is damaged fails its signature
	if len(plain) > maxStream {
		return nil, errPDF
	}
	return plain, nil
}
