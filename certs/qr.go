package certs

import (
	"fmt"

	"github.com/skip2/go-qrcode"
)

// Bounds of the symbol. At error correction M and 35 mm, version 13 has modules
// of 0.46 mm, which cheap phones still read from a worn print.
const (
	maxQRVersion = 13
	// QRMillimetres is the printed width of the symbol with its quiet zone.
	QRMillimetres = 35
	// modulePixels is the width of a module in an image: at version 13 it has
	// 616 pixels, 447 to the inch of the printed size.
	modulePixels = 8
)

// symbol encodes a URL at error correction level M.
func symbol(url string) (*qrcode.QRCode, error) {
	q, err := qrcode.New(url, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("encode the QR code: %w", err)
	}
	return q, nil
}

// QRPNG is the QR code of a certificate's URL as PNG. Each module has the same
// number of pixels: an image of a fixed width would have wider modules beside
// narrower ones, which readers stumble over.
func QRPNG(url string) ([]byte, error) {
	q, err := symbol(url)
	if err != nil {
		return nil, err
	}
	return q.PNG(-modulePixels) // a negative size is that of a module
}

// modules is the symbol as rows of dark (true) and light, with the quiet zone.
func modules(url string) ([][]bool, error) {
	q, err := symbol(url)
	if err != nil {
		return nil, err
	}
	return q.Bitmap(), nil
}
