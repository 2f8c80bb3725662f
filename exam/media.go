package exam

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/proba-exam/proba/internal/fault"
)

// Limits of the images of a text.
const (
	// MaxMedium bounds one stored image, in bytes: a form of 60 items with an image each
	// comes over a line of 5 Mbit/s within a minute.
	MaxMedium = 512 << 10
	// maxImages bounds those of one text; who needs more has a case text.
	maxImages = 4
	// maxAlt bounds the words that stand for an image, in characters. More belongs into
	// the text itself, where everybody reads it.
	maxAlt = 400
)

// Medium is an image that texts of a bank show. It is immutable.
type Medium struct {
	// Name is made of the content: SHA-256 in hex, size in pixels, type. It says nothing
	// of what the image was called where it came from.
	Name string
	Data []byte
}

var (
	mediumName = regexp.MustCompile(`^[0-9a-f]{64}-[1-9][0-9]{0,3}x[1-9][0-9]{0,3}\.(png|jpg|webp)$`)
	// imageMark is an image within a text. Neither description nor name has brackets.
	imageMark = regexp.MustCompile(`!\[([^\[\]\n]*)\]\(([^()\s]+)\)`)
	// fileName is a description that describes nothing.
	fileName = regexp.MustCompile(`(?i)^\S+\.(png|jpe?g|gif|webp|svg|bmp|tiff?)$`)
)

// IsMedium reports whether s can be the name of a Medium.
func IsMedium(s string) bool { return mediumName.MatchString(s) }

// Size is what the name of a medium says of it: width and height in pixels and the type.
func Size(name string) (width, height int, extension string) {
	if !IsMedium(name) {
		return 0, 0, ""
	}
	size, extension, _ := strings.Cut(name[65:], ".")
	if _, err := fmt.Sscanf(size, "%dx%d", &width, &height); err != nil {
		return 0, 0, ""
	}
	return width, height, extension
}

// Image is an image within a text: ![Alt](Name).
type Image struct {
	Alt, Name string
}

// String writes the image as it stands in a text.
func (m Image) String() string { return "![" + m.Alt + "](" + m.Name + ")" }

// Piece is a part of a text: words, or an image.
type Piece struct {
	Words string
	Image *Image
}

// Pieces takes a text apart.
func Pieces(s string) []Piece {
	if !strings.Contains(s, "![") {
		return []Piece{{Words: s}}
	}
	var all []Piece
	at := 0
	for _, m := range imageMark.FindAllStringSubmatchIndex(s, -1) {
		if m[0] > at {
			all = append(all, Piece{Words: s[at:m[0]]})
		}
		all = append(all, Piece{Image: &Image{Alt: s[m[2]:m[3]], Name: s[m[4]:m[5]]}})
		at = m[1]
	}
	if at < len(s) {
		all = append(all, Piece{Words: s[at:]})
	}
	return all
}

// Images lists the images of a text in one language.
func Images(s string) []Image {
	if !strings.Contains(s, "![") {
		return nil
	}
	var all []Image
	for _, p := range Pieces(s) {
		if p.Image != nil {
			all = append(all, *p.Image)
		}
	}
	return all
}

// Rename gives the images of a text other names.
func Rename(s string, name func(string) string) string {
	pieces := Pieces(s)
	if len(pieces) == 1 && pieces[0].Image == nil {
		return s
	}
	var b strings.Builder
	for _, p := range pieces {
		if p.Image != nil {
			b.WriteString(Image{p.Image.Alt, name(p.Image.Name)}.String())
		}
		b.WriteString(p.Words)
	}
	return b.String()
}

// Described is a text with the description for each image, as it is read where nothing
// can be shown.
func Described(s string) string {
	if !strings.Contains(s, "![") {
		return s
	}
	return imageMark.ReplaceAllString(s, "[$1]")
}

// Media lists the names of the images of all texts, each once.
func Media(texts ...Text) []string {
	var names []string
	var known map[string]bool // most texts show nothing
	for _, t := range texts {
		for _, s := range t {
			for _, m := range Images(s) {
				if known == nil {
					known = make(map[string]bool)
				}
				if !known[m.Name] {
					known[m.Name] = true
					names = append(names, m.Name)
				}
			}
		}
	}
	return names
}

// checkImages reports what keeps the images of a text from being shown, or from being
// understood by who does not see them.
func checkImages(path, s string) []fault.Field {
	var faults []fault.Field
	add := func(format string, args ...any) {
		faults = append(faults, fault.Field{Path: path, Message: fmt.Sprintf(format, args...)})
	}
	images := Images(s)
	if len(images) > maxImages {
		add("has %d images, %d are allowed", len(images), maxImages)
	}
	for _, m := range images {
		alt := strings.TrimSpace(m.Alt)
		switch {
		case !IsMedium(m.Name):
			add("%q is not an image of this bank", m.Name)
		case alt == "":
			add("an image has no description; say between the brackets what it shows, for who does not see it")
		case fileName.MatchString(alt):
			add("%q is the name of a file and describes nothing; say what the image shows", alt)
		case utf8.RuneCountInString(alt) > maxAlt:
			add("the description of an image has %d characters, %d are allowed", utf8.RuneCountInString(alt), maxAlt)
		}
	}
	return faults
}

// Media lists the images that a learner sees of the item.
func (v *View) Media() []string {
	shown := append([]string{v.Stem, v.Passage, v.Image}, v.Options...)
	var names []string
	for _, s := range append(shown, v.Rows...) {
		for _, m := range Images(s) {
			names = append(names, m.Name)
		}
	}
	return names
}
