package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"

	"github.com/proba-exam/proba/internal/fault"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// maxParts bounds the parts of one image file; real ones have some hundreds of data
// parts at most.
const maxParts = 20_000

// shownChunks are the chunks of PNG (third edition, 11) that change what is seen and hold
// nothing else. Animation is left out: the image itself is its first frame.
var shownChunks = map[string]bool{"IHDR": true, "PLTE": true, "tRNS": true, "gAMA": true, "sRGB": true, "IDAT": true, "IEND": true}

func stripPNG(data []byte) ([]byte, int, error) {
	kept := append(make([]byte, 0, len(data)), pngSignature...)
	rest := data[len(pngSignature):]
	for range maxParts {
		if len(rest) < 12 {
			break
		}
		n := binary.BigEndian.Uint32(rest)
		if uint64(n)+12 > uint64(len(rest)) {
			break
		}
		chunk := rest[:n+12]
		rest = rest[n+12:]
		kind := string(chunk[4:8])
		if crc32.ChecksumIEEE(chunk[4:n+8]) != binary.BigEndian.Uint32(chunk[n+8:]) {
			break
		}
		if shownChunks[kind] {
			kept = append(kept, chunk...)
		}
		if kind == "IEND" {
			return kept, 0, nil
		}
	}
	return nil, 0, broken(nil)
}

// Markers of JPEG (ITU T.81, table B.1).
const (
	startOfScan = 0xda
	endOfImage  = 0xd9
	progressive = 0xc2
	app1        = 0xe1
	app14       = 0xee
)

// shownSegments are those that a decoder needs: frames, tables and restart intervals.
var shownSegments = map[byte]bool{0xc0: true, 0xc1: true, progressive: true, 0xc4: true, 0xdb: true, 0xdd: true, startOfScan: true}

func stripJPEG(data []byte) ([]byte, int, error) {
	kept := append(make([]byte, 0, len(data)), 0xff, 0xd8)
	turn, scans, most := 0, 0, maxPlainScans
	at := 2
	for range maxParts {
		for at+1 < len(data) && data[at] == 0xff && data[at+1] == 0xff { // fill bytes
			at++
		}
		if at+2 > len(data) || data[at] != 0xff {
			break
		}
		marker := data[at+1]
		if marker == endOfImage {
			return append(kept, 0xff, endOfImage), turn, nil
		}
		if at+4 > len(data) {
			break
		}
		end := at + 2 + int(binary.BigEndian.Uint16(data[at+2:]))
		if end > len(data) || end < at+4 {
			break
		}
		segment := data[at:end]
		switch marker {
		case progressive:
			if most = maxScans; len(segment) >= 9 && int(binary.BigEndian.Uint16(segment[5:]))*int(binary.BigEndian.Uint16(segment[7:])) > maxProgressive {
				return nil, 0, fault.New(fault.Invalid, "media.dimensions", "A progressive JPEG may have %d pixels; save it without that option.", maxProgressive)
			}
		case startOfScan:
			if scans++; scans > most {
				return nil, 0, fault.New(fault.Invalid, "media.scans", "The image is drawn in more than %d passes; save it anew.", most)
			}
		}
		switch {
		case shownSegments[marker]:
			kept = append(kept, segment...)
		case marker == app14 && len(segment) == 16 && string(segment[4:9]) == "Adobe":
			kept = append(kept, segment...) // says how the colours are meant
		case marker == app1 && turn == 0:
			turn = orientation(segment[4:])
		}
		at = end
		if marker == startOfScan {
			end = scanned(data, at)
			kept = append(kept, data[at:end]...)
			at = end
		}
	}
	return nil, 0, broken(nil)
}

// scanned is the end of the entropy-coded data that begins at from: the next marker that
// is neither a stuffed byte nor a restart.
func scanned(data []byte, from int) int {
	for at := from; at+1 < len(data); at++ {
		if next := data[at+1]; data[at] == 0xff && next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7) {
			return at
		}
	}
	return len(data)
}

// orientation reads the tag 0x0112 of an Exif segment, 0 when there is none.
func orientation(segment []byte) int {
	tiff, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 0
	}
	entries := uint64(order.Uint16(tiff[at:]))
	for n := range entries {
		entry := at + 2 + n*12
		if entry+12 > uint64(len(tiff)) {
			return 0
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			if turn := int(order.Uint16(tiff[entry+8:])); turn >= 1 && turn <= 8 {
				return turn
			}
			return 0
		}
	}
	return 0
}

// stripWebP keeps the image and its transparency (RFC 9649).
func stripWebP(data []byte) ([]byte, int, error) {
	var header, alpha, picture []byte
	rest := data[12:]
	if n := uint64(binary.LittleEndian.Uint32(data[4:])); n >= 4 && n-4 < uint64(len(rest)) {
		rest = rest[:n-4] // what stands behind is no part of the image
	}
	for range maxParts {
		if len(rest) < 8 {
			break
		}
		n := uint64(binary.LittleEndian.Uint32(rest[4:]))
		if n+8 > uint64(len(rest)) {
			return nil, 0, broken(nil)
		}
		chunk := rest[:n+8]
		switch string(chunk[:4]) {
		case "VP8X":
			header = bytes.Clone(chunk)
		case "ALPH":
			alpha = padded(chunk)
		case "VP8 ", "VP8L":
			if picture == nil {
				picture = padded(chunk)
			}
		case "ANIM", "ANMF":
			return nil, 0, fault.New(fault.Invalid, "media.moving", "Moving images are not taken; save one frame of it.")
		}
		rest = rest[min(uint64(len(rest)), n+8+n%2):]
	}
	if picture == nil || alpha != nil && len(header) != 18 {
		return nil, 0, broken(nil)
	}
	body := picture
	if alpha != nil {
		header[8] = 0x10 // transparency, and none of the other parts
		header[9], header[10], header[11] = 0, 0, 0
		body = append(append(header, alpha...), picture...)
	}
	kept := append([]byte("RIFF\x00\x00\x00\x00WEBP"), body...)
	binary.LittleEndian.PutUint32(kept[4:], uint32(len(body)+4))
	return kept, 0, nil
}

// padded is the chunk with a byte behind an odd length.
func padded(chunk []byte) []byte {
	if len(chunk)%2 == 0 {
		return chunk
	}
	return append(bytes.Clone(chunk), 0)
}
