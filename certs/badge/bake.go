package badge

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"github.com/proba-exam/proba/internal/fault"
)

// Baking follows Open Badges 3.0 section 5.3.
const (
	bakedKeyword   = "openbadgecredential"
	bakedNamespace = "https://purl.imsglobal.org/ob/v3p0"
)

var (
	pngSignature = []byte("\x89PNG\r\n\x1a\n")
	errImage     = fault.New(fault.Invalid, "image.malformed", "This image is damaged, or not what its first bytes say.")
	errTwice     = fault.New(fault.Invalid, "image.two_credentials", "This image holds more than one credential.")
)

// IsPNG reports whether data begins as a PNG file does.
func IsPNG(data []byte) bool { return bytes.HasPrefix(data, pngSignature) }

// BakePNG puts the credential into the image, as an iTXt chunk before the end.
func BakePNG(image, credential []byte) ([]byte, error) {
	end := len(image) - 12 // the IEND chunk: length, type, checksum
	if !IsPNG(image) || end < len(pngSignature) || string(image[end+4:end+8]) != "IEND" {
		return nil, errImage
	}
	// Keyword, no compression, no language, no translated keyword.
	body := append([]byte("iTXt"+bakedKeyword+"\x00\x00\x00\x00\x00"), credential...)
	out := bytes.Clone(image[:end])
	out = binary.BigEndian.AppendUint32(out, uint32(len(body)-4))
	out = append(out, body...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(body))
	return append(out, image[end:]...), nil
}

// FromPNG takes the credential out of the image; nil when it holds none.
func FromPNG(image []byte) ([]byte, error) {
	if !IsPNG(image) {
		return nil, errImage
	}
	var found []byte
	for rest := image[len(pngSignature):]; len(rest) > 0; {
		if len(rest) < 12 {
			return nil, errImage
		}
		n := uint64(binary.BigEndian.Uint32(rest))
		if n+12 > uint64(len(rest)) {
			return nil, errImage
		}
		body := rest[4 : 8+n]
		if crc32.ChecksumIEEE(body) != binary.BigEndian.Uint32(rest[8+n:]) {
			return nil, errImage
		}
		if text, ok := bytes.CutPrefix(body, []byte("iTXt"+bakedKeyword+"\x00")); ok {
			if found != nil {
				return nil, errTwice
			}
			// Two zero bytes: not compressed; then language and translated keyword.
			parts := bytes.SplitN(text, []byte{0}, 5)
			if len(parts) != 5 || len(parts[0]) != 0 || len(parts[1]) != 0 {
				return nil, errImage
			}
			found = parts[4]
		}
		rest = rest[12+n:]
	}
	return found, nil
}

// BakeSVG puts the credential into the image, right behind its root's start tag.
func BakeSVG(image, credential []byte) ([]byte, error) {
	start := bytes.Index(image, []byte("<svg"))
	end := bytes.IndexByte(image[max(start, 0):], '>')
	if start < 0 || end < 0 || bytes.Contains(credential, []byte("]]>")) {
		return nil, errImage
	}
	end += start
	var out bytes.Buffer
	out.Write(image[:end])
	fmt.Fprintf(&out, " xmlns:openbadges=%q>\n<openbadges:credential><![CDATA[", bakedNamespace)
	out.Write(credential)
	out.WriteString("]]></openbadges:credential>")
	out.Write(image[end+1:])
	return out.Bytes(), nil
}

// IsSVG reports whether data looks like an SVG file.
func IsSVG(data []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")) && bytes.Contains(data[:min(len(data), 1024)], []byte("<svg"))
}

// FromSVG takes the credential out of the image; nil when it holds none. A VC-JWT
// stands in the attribute "verify", a credential with proof in the element.
func FromSVG(image []byte) ([]byte, error) {
	dec := xml.NewDecoder(bytes.NewReader(image))
	var found []byte
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, errImage.Wrap(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Space != bakedNamespace || start.Name.Local != "credential" {
			continue
		}
		if found != nil {
			return nil, errTwice
		}
		var inside struct {
			Text   string `xml:",chardata"`
			Verify string `xml:"verify,attr"`
		}
		if err := dec.DecodeElement(&inside, &start); err != nil {
			return nil, errImage.Wrap(err)
		}
		found = []byte(strings.TrimSpace(inside.Text + inside.Verify))
	}
}
