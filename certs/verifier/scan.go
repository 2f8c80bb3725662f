package verifier

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // photographs come in these formats
	_ "image/jpeg"
	_ "image/png"

	"github.com/makiuchi-d/gozxing"
	multi "github.com/makiuchi-d/gozxing/multi/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/proba-exam/proba/internal/fault"
)

const (
	// maxPixels is more than a phone's camera has; decoded it takes 200 MB.
	maxPixels = 50_000_000
	// scanPixels is the longer side at which a code is looked for: a code of
	// version 13 that fills a fifth of a page has six pixels a module.
	scanPixels = 2400
)

// isImage reports whether data begins as an image that can be decoded.
func isImage(data []byte) bool {
	_, _, err := image.DecodeConfig(bytes.NewReader(data))
	return err == nil
}

// scan reads the code of a certificate in an image. Codes of other things are
// looked past.
func scan(data []byte) (text string, err error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return "", errNothing.Wrap(err)
	}
	if config.Width*config.Height > maxPixels || config.Width < 1 || config.Height < 1 {
		return "", errTooLarge.Wrap(fmt.Errorf("%d x %d pixels", config.Width, config.Height))
	}
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return "", fault.New(fault.Invalid, "image.malformed", "This image is damaged.").Wrap(err)
	}
	defer func() { // the decoder was written for sound images
		if r := recover(); r != nil {
			text, err = "", errNothing.Wrap(fmt.Errorf("QR decoder: %v", r))
		}
	}()
	e := Evidence{}
	grey := greyed(picture)
	// A detector misses a code at one size that it finds at another. Two codes
	// are two at every size at which both are found.
	for _, longer := range []int{scanPixels, scanPixels * 2 / 3, scanPixels / 2, scanPixels / 3, scanPixels / 4} {
		for _, found := range codes(scaled(grey, longer)) {
			if err := e.addCode(found); err != nil {
				return "", err
			}
		}
		if e.Code != "" {
			return e.Code, nil
		}
	}
	return "", errNothing
}

// codes are the certificates' codes in the picture.
func codes(picture image.Image) []string {
	seen := make(map[string]bool)
	var all []string
	add := func(results ...*gozxing.Result) {
		for _, r := range results {
			if text := r.GetText(); code.FindString(text) == text && !seen[text] {
				seen[text] = true
				all = append(all, text)
			}
		}
	}
	harder := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	pure := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true}
	source := gozxing.NewLuminanceSourceFromImage(picture)
	for _, binarizer := range []gozxing.Binarizer{gozxing.NewHybridBinarizer(source), gozxing.NewGlobalHistgramBinarizer(source)} {
		bitmap, err := gozxing.NewBinaryBitmap(binarizer)
		if err != nil {
			continue
		}
		if results, err := multi.NewQRCodeMultiReader().DecodeMultiple(bitmap, harder); err == nil {
			add(results...)
		}
		for _, hints := range []map[gozxing.DecodeHintType]any{harder, pure} {
			if len(all) > 0 {
				break
			}
			if result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints); err == nil {
				add(result)
			}
		}
		if len(all) > 0 {
			return all
		}
	}
	return all
}

// greyed is the picture in grey on white.
func greyed(picture image.Image) *image.Gray {
	bounds := picture.Bounds()
	grey := image.NewGray(image.Rect(0, 0, bounds.Dx(), bounds.Dy()))
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			r, g, b, a := picture.At(bounds.Min.X+x, bounds.Min.Y+y).RGBA()
			luminance := (299*r + 587*g + 114*b) / 1000
			grey.SetGray(x, y, color.Gray{Y: uint8((luminance + 0xffff - a) >> 8)})
		}
	}
	return grey
}

// scaled is the picture with its longer side at most so many pixels: each is the
// mean of those that it covers.
func scaled(picture *image.Gray, longer int) *image.Gray {
	width, height := picture.Rect.Dx(), picture.Rect.Dy()
	if max(width, height) <= longer {
		return picture
	}
	newWidth, newHeight := max(1, width*longer/max(width, height)), max(1, height*longer/max(width, height))
	small := image.NewGray(image.Rect(0, 0, newWidth, newHeight))
	for y := range newHeight {
		top, bottom := y*height/newHeight, max((y+1)*height/newHeight, y*height/newHeight+1)
		for x := range newWidth {
			left, right := x*width/newWidth, max((x+1)*width/newWidth, x*width/newWidth+1)
			sum := 0
			for _, row := range rows(picture, top, bottom) {
				for _, v := range row[left:right] {
					sum += int(v)
				}
			}
			small.Pix[y*small.Stride+x] = uint8(sum / ((bottom - top) * (right - left)))
		}
	}
	return small
}

func rows(picture *image.Gray, top, bottom int) [][]uint8 {
	all := make([][]uint8, 0, bottom-top)
	for y := top; y < bottom; y++ {
		all = append(all, picture.Pix[y*picture.Stride:(y+1)*picture.Stride])
	}
	return all
}
