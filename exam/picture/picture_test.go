package picture_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/picture"
	"github.com/proba-exam/proba/internal/fault"
)

// sample has a dark corner, to see whether it was turned.
func sample(w, h int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.NRGBA{uint8(x * 7), uint8(y * 5), 200, 255})
		}
	}
	for y := range h / 4 {
		for x := range w / 4 {
			m.Set(x, y, color.Black)
		}
	}
	return m
}

func encoded(t testing.TB, write func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	return encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, m) })
}

func asJPEG(t testing.TB, m image.Image) []byte {
	return encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, m, nil) })
}

// chunk is a part of a PNG.
func chunk(kind, data string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(b, kind+data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte(kind+data)))
}

// exif is a segment of a JPEG with an orientation and words.
func exif(turn byte, words string) []byte {
	tiff := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(turn) + "\x00\x00\x00\x00\x00\x00" + words
	return append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(tiff)+2)), tiff...)
}

const secret = "the key is A; 50.45 N 30.52 E"

func TestCleanKeepsWhatShowsAndNothingElse(t *testing.T) {
	plain, photo := asPNG(t, sample(40, 24)), asJPEG(t, sample(40, 24))
	insert := func(data []byte, at int, part []byte) []byte {
		return append(append(bytes.Clone(data[:at]), part...), data[at:]...)
	}
	// A lossless WebP of one pixel, as cwebp writes it, with a part of words behind.
	webp := []byte("RIFF\x00\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00")
	webp = append(webp, "EXIF\x1e\x00\x00\x00"+secret+" "...)
	binary.LittleEndian.PutUint32(webp[4:], uint32(len(webp)-8))
	for name, row := range map[string]struct {
		data []byte
		ends string
	}{
		"png with words":        {insert(plain, 33, chunk("tEXt", secret)), "-40x24.png"},
		"png with a profile":    {insert(plain, 33, chunk("eXIf", secret)), "-40x24.png"},
		"png with a second one": {append(bytes.Clone(plain), "PK\x03\x04"+secret...), "-40x24.png"},
		"jpeg with exif":        {insert(photo, 2, exif(1, secret)), "-40x24.jpg"},
		"jpeg with a comment":   {insert(photo, 2, []byte("\xff\xfe\x00\x1f"+secret)), "-40x24.jpg"},
		"jpeg and html":         {append(bytes.Clone(photo), "<script>"+secret...), "-40x24.jpg"},
		"turned jpeg":           {insert(photo, 2, exif(6, secret)), "-24x40.jpg"},
		"gif":                   {append(encoded(t, func(b *bytes.Buffer) error { return gif.Encode(b, sample(40, 24), nil) }), secret...), "-40x24.png"},
		"webp":                  {webp, "-1x1.webp"},
		"large":                 {asJPEG(t, image.NewGray(image.Rect(0, 0, 3200, 800))), "-1600x400.jpg"},
	} {
		m, err := picture.Clean(row.data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !strings.HasSuffix(m.Name, row.ends) || !exam.IsMedium(m.Name) || !picture.Holds(m) {
			t.Errorf("%s is called %s", name, m.Name)
		}
		if bytes.Contains(m.Data, []byte(secret)) || bytes.Contains(m.Data, []byte("Exif")) {
			t.Errorf("%s keeps what does not show", name)
		}
		again, err := picture.Clean(m.Data)
		if err != nil || again.Name != m.Name {
			t.Errorf("%s is cleaned again: %s, %v", name, again.Name, err)
		}
	}
}

func TestATurnedPhotographStandsUpright(t *testing.T) {
	photo := asJPEG(t, sample(40, 24))
	for turn, corner := range map[byte]image.Point{1: {2, 2}, 3: {37, 21}, 6: {21, 2}, 8: {2, 37}} {
		m, err := picture.Clean(append(append(bytes.Clone(photo[:2]), exif(turn, "")...), photo[2:]...))
		if err != nil {
			t.Fatal(err)
		}
		shown, err := jpeg.Decode(bytes.NewReader(m.Data))
		if err != nil {
			t.Fatal(err)
		}
		if y := color.GrayModel.Convert(shown.At(corner.X, corner.Y)).(color.Gray).Y; y > 60 {
			t.Errorf("turned %d: the dark corner is not at %v (%d)", turn, corner, y)
		}
	}
}

func TestHostileImages(t *testing.T) {
	plain := asPNG(t, sample(4, 4))
	bomb := bytes.Clone(plain)
	binary.BigEndian.PutUint32(bomb[16:], 60000)
	binary.BigEndian.PutUint32(bomb[20:], 60000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	for name, row := range map[string]struct {
		data []byte
		code string
	}{
		"nothing":           {nil, "media.type"},
		"a page":            {[]byte("<html><img src=x></html>"), "media.type"},
		"svg":               {[]byte("<?xml version='1.0'?><svg onload='alert(1)'/>"), "media.svg"},
		"a program":         {[]byte("MZ\x90"), "media.type"},
		"a bomb":            {bomb, "media.dimensions"},
		"half of one":       {plain[:len(plain)/2], "media.broken"},
		"a wrong sum":       {append(append(bytes.Clone(plain[:40]), plain[40]^1), plain[41:]...), "media.broken"},
		"too long":          {make([]byte, picture.MaxSource+1), "media.too_large"},
		"a moving webp":     {[]byte("RIFF\x30\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00ANIM\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00"), "media.moving"},
		"a jpeg of nothing": {[]byte("\xff\xd8\xff\xd9"), "media.broken"},
	} {
		if _, err := picture.Clean(row.data); fault.Code(err) != row.code {
			t.Errorf("%s: %v, want %s", name, err, row.code)
		}
	}
}

// drawn is a JPEG that goes over its grey pixels again and again; frame says whether it is
// progressive.
func drawn(frame byte, w, h uint16, scans int) []byte {
	segment := func(marker byte, data ...byte) []byte {
		return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2)), data...)
	}
	code := append([]byte{1}, make([]byte, 16)...) // one code of one bit, for "nothing"
	b := append([]byte("\xff\xd8"), segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)...)
	b = append(b, segment(frame, 8, byte(h>>8), byte(h), byte(w>>8), byte(w), 1, 1, 0x11, 0)...)
	b = append(b, segment(0xc4, append([]byte{0x00}, code...)...)...)
	b = append(b, segment(0xc4, append([]byte{0x10}, code...)...)...)
	blocks := (int(w) + 7) / 8 * ((int(h) + 7) / 8)
	bits := make([]byte, (blocks*2+7)/8)
	for n := range scans {
		first, last := byte(0), byte(63)
		if frame == 0xc2 {
			if last = 0; n > 0 {
				first, last = 1, 63
			}
		}
		b = append(b, segment(0xda, 1, 1, 0, first, last, 0)...)
		b = append(b, bits...)
	}
	return append(b, 0xff, 0xd9)
}

// TestScanBombs: what a JPEG costs to decode is bounded by its size, whatever it asks for.
func TestScanBombs(t *testing.T) {
	for name, row := range map[string]struct {
		data []byte
		code string
	}{
		"ten passes":              {drawn(0xc2, 64, 64, 10), ""},
		"one that is plain":       {drawn(0xc0, 64, 64, 1), ""},
		"thousands of passes":     {drawn(0xc2, 256, 256, 9_000), "media.scans"},
		"plain ones":              {drawn(0xc0, 64, 64, 5), "media.scans"},
		"many pixels, few passes": {drawn(0xc2, 4096, 4000, 2), "media.dimensions"},
	} {
		if _, err := picture.Clean(row.data); fault.Code(err) != row.code || row.code == "" && err != nil {
			t.Errorf("%s: %v, want %q", name, err, row.code)
		}
	}
}

// FuzzClean holds the invariants of the package on any input.
func FuzzClean(f *testing.F) {
	f.Add(asPNG(f, sample(9, 9)))
	f.Add(asJPEG(f, sample(9, 9)))
	f.Add(drawn(0xc2, 9, 9, 2))
	f.Add(encoded(f, func(b *bytes.Buffer) error { return gif.Encode(b, sample(9, 9), nil) }))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := picture.Clean(data)
		if err != nil {
			return
		}
		if !picture.Holds(m) || len(m.Data) > exam.MaxMedium {
			t.Errorf("%s of %d bytes", m.Name, len(m.Data))
		}
		if again, err := picture.Clean(m.Data); err != nil || again.Name != m.Name {
			t.Errorf("cleaned again: %s, %v", again.Name, err)
		}
	})
}
