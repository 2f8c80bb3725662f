package picture

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"regexp"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// Limits on untrusted input.
const (
	// MaxSource bounds a file as it comes, in bytes: a photograph of a telephone.
	MaxSource = 8 << 20
	// maxPixels bounds what is decoded, four bytes each at worst: 64 MB.
	maxPixels = 16 << 20
	// maxProgressive bounds a progressive JPEG, whose coefficients are held beside the
	// image: 96 MB at worst.
	maxProgressive = 8 << 20
	// maxScans bounds the passes of a progressive JPEG, each of which goes over the whole
	// image and costs its sender some bytes; programs write ten or so. One that is not
	// progressive has one for each colour at most.
	maxScans, maxPlainScans = 64, 4
	// maxSide bounds width and height as they come, and as they are kept where they need
	// no change.
	maxSide = 8192
	keptMax = 2000
	// scaled is the longer side of what had to be made smaller: twice what a page shows
	// across, for dense screens.
	scaled = 1600
	// quality is of JPEGs that had to be written anew.
	quality = 85
)

var vector = regexp.MustCompile(`(?is)^\s*(<\?xml|<!DOCTYPE\s+svg|<!--|<svg[\s>])`)

// Clean makes a Medium of the bytes of an image file.
func Clean(data []byte) (exam.Medium, error) {
	if len(data) > MaxSource {
		return exam.Medium{}, fault.New(fault.Invalid, "media.too_large", "The image has more than %d MB.", MaxSource>>20)
	}
	format := sniff(data)
	if format == nil {
		if vector.Match(data[:min(len(data), 512)]) {
			return exam.Medium{}, fault.New(fault.Invalid, "media.svg", "SVG drawings are not taken; save the drawing as PNG.")
		}
		return exam.Medium{}, fault.New(fault.Invalid, "media.type", "The file is no image of the types PNG, JPEG, WebP or GIF.")
	}
	config, err := format.config(bytes.NewReader(data))
	if err != nil {
		return exam.Medium{}, broken(err)
	}
	if w, h := config.Width, config.Height; w < 1 || h < 1 || w > maxSide || h > maxSide || w*h > maxPixels {
		return exam.Medium{}, fault.New(fault.Invalid, "media.dimensions", "The image has %d × %d pixels; up to %d in all and %d on a side are taken.", w, h, maxPixels, maxSide)
	}
	kept, turn, err := format.strip(data)
	if err != nil {
		return exam.Medium{}, err
	}
	// The stripped bytes are those that are shown, so they are what is tried.
	picture, err := format.decode(bytes.NewReader(kept))
	if err != nil {
		return exam.Medium{}, broken(err)
	}
	size, extension := picture.Bounds().Size(), format.extension
	if extension == "" || turn > 1 || max(size.X, size.Y) > keptMax || len(kept) > exam.MaxMedium {
		if kept, extension, size, err = rewrite(picture, turn, format.extension); err != nil {
			return exam.Medium{}, err
		}
	}
	if len(kept) > exam.MaxMedium {
		return exam.Medium{}, fault.New(fault.Invalid, "media.too_large", "The image has %d kB even when it is made smaller; up to %d are taken. Save a photograph as JPEG.", len(kept)>>10, exam.MaxMedium>>10)
	}
	sum := sha256.Sum256(kept)
	return exam.Medium{Name: fmt.Sprintf("%s-%dx%d.%s", hex.EncodeToString(sum[:]), size.X, size.Y, extension), Data: kept}, nil
}

// Holds reports whether the medium's name is that of its content.
func Holds(m exam.Medium) bool {
	sum := sha256.Sum256(m.Data)
	return exam.IsMedium(m.Name) && m.Name[:64] == hex.EncodeToString(sum[:])
}

func broken(err error) error {
	return fault.New(fault.Invalid, "media.broken", "The image is damaged and cannot be shown.").Wrap(err)
}

// format is a type of image.
type format struct {
	// extension of what is kept, "" when it is always written anew.
	extension string
	config    func(*bytes.Reader) (image.Config, error)
	decode    func(*bytes.Reader) (image.Image, error)
	// strip leaves what is needed for showing; turn is the orientation of Exif, 1 to 8, 0
	// for none.
	strip func([]byte) (kept []byte, turn int, err error)
}

// sniff tells the type by the first bytes, nil when it is none of ours.
func sniff(data []byte) *format {
	begins := func(s string) bool { return bytes.HasPrefix(data, []byte(s)) }
	switch {
	case begins(pngSignature):
		return &format{"png", func(r *bytes.Reader) (image.Config, error) { return png.DecodeConfig(r) }, func(r *bytes.Reader) (image.Image, error) { return png.Decode(r) }, stripPNG}
	case begins("\xff\xd8\xff"):
		return &format{"jpg", func(r *bytes.Reader) (image.Config, error) { return jpeg.DecodeConfig(r) }, func(r *bytes.Reader) (image.Image, error) { return jpeg.Decode(r) }, stripJPEG}
	case begins("RIFF") && len(data) > 12 && string(data[8:12]) == "WEBP":
		return &format{"webp", func(r *bytes.Reader) (image.Config, error) { return webp.DecodeConfig(r) }, func(r *bytes.Reader) (image.Image, error) { return webp.Decode(r) }, stripWebP}
	case begins("GIF87a"), begins("GIF89a"):
		return &format{"", func(r *bytes.Reader) (image.Config, error) { return gif.DecodeConfig(r) }, func(r *bytes.Reader) (image.Image, error) { return gif.Decode(r) }, firstFrame}
	}
	return nil
}

// firstFrame keeps a GIF as it is; decoding takes the first frame, and it is kept as PNG.
func firstFrame(data []byte) ([]byte, int, error) { return data, 0, nil }

// rewrite turns the image upright, makes it as small as a page needs it, and writes it
// anew: a photograph as JPEG, what was drawn or is transparent as PNG.
func rewrite(picture image.Image, turn int, from string) ([]byte, string, image.Point, error) {
	upright := oriented(picture, turn)
	size := upright.Bounds().Size()
	if longer := max(size.X, size.Y); longer > keptMax || longer > scaled && from != "" {
		size = image.Pt(max(1, size.X*scaled/longer), max(1, size.Y*scaled/longer))
		small := image.NewNRGBA(image.Rectangle{Max: size})
		draw.CatmullRom.Scale(small, small.Bounds(), upright, upright.Bounds(), draw.Src, nil)
		upright = small
	}
	var b bytes.Buffer
	extension := "png"
	var err error
	if from == "jpg" || from == "webp" && opaque(upright) {
		extension = "jpg"
		err = jpeg.Encode(&b, upright, &jpeg.Options{Quality: quality})
	} else {
		err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, upright)
	}
	if err != nil {
		return nil, "", size, fmt.Errorf("write an image anew: %w", err)
	}
	// What is written is stripped like what comes, so that it stays the same next time.
	strip := stripPNG
	if extension == "jpg" {
		strip = stripJPEG
	}
	kept, _, err := strip(b.Bytes())
	return kept, extension, size, err
}

func opaque(m image.Image) bool {
	o, ok := m.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

// oriented applies the orientation of Exif (2.32, tag 0x0112).
func oriented(m image.Image, turn int) image.Image {
	if turn <= 1 {
		return m
	}
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	size := image.Rect(0, 0, w, h)
	if turn >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewNRGBA(size)
	for y := range h {
		for x := range w {
			to := [...]image.Point{2: {w - 1 - x, y}, 3: {w - 1 - x, h - 1 - y}, 4: {x, h - 1 - y}, 5: {y, x}, 6: {h - 1 - y, x}, 7: {h - 1 - y, w - 1 - x}, 8: {y, w - 1 - x}}[turn]
			out.Set(to.X, to.Y, m.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}
