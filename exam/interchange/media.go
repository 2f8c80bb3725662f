package interchange

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"html"
	"net/url"
	"regexp"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/picture"
	"github.com/proba-exam/proba/internal/fault"
)

const (
	// MaxMedia bounds the images of one import together, in bytes as they are kept.
	MaxMedia = 128 << 20
	// maxMediaFiles bounds how many are decoded; one for every twelfth item of the
	// largest bank.
	maxMediaFiles = 2000
	// maxShown bounds how often one question shows an image of a file, each of which is read
	// for it: every text of the largest item can show one.
	maxShown = 100
)

// mediaKeeper holds the images of an import. What is found twice is decoded once, also
// what is refused.
type mediaKeeper struct {
	known map[[sha256.Size]byte]cleaned // by the sum of the source
	held  map[string]bool
	media []exam.Medium
	size  int
}

// cleaned is what became of an image.
type cleaned struct {
	name string
	err  error
}

// keep cleans the image and returns its name.
func (k *mediaKeeper) keep(data []byte) (string, error) {
	sum := sha256.Sum256(data)
	if c, ok := k.known[sum]; ok {
		return c.name, c.err
	}
	if len(k.known) >= maxMediaFiles || k.size >= MaxMedia {
		return "", fault.New(fault.Invalid, "media.too_many", "The source has more than %d images or more than %d MB of them; split it.", maxMediaFiles, MaxMedia>>20)
	}
	if k.known == nil {
		k.known, k.held = make(map[[sha256.Size]byte]cleaned), make(map[string]bool)
	}
	m, err := picture.Clean(data)
	k.known[sum] = cleaned{m.Name, err}
	if err != nil {
		return "", err
	}
	if !k.held[m.Name] {
		k.held[m.Name] = true
		k.media, k.size = append(k.media, m), k.size+len(m.Data)
	}
	return m.Name, nil
}

// imagesOf are those that came with the import and that the bank shows.
func (im *Import) imagesOf(bank *exam.Bank) []exam.Medium {
	shown := make(map[string]bool)
	for _, name := range bank.Media() {
		shown[name] = true
	}
	var all []exam.Medium
	for _, m := range im.media.media {
		if shown[m.Name] {
			all = append(all, m)
		}
	}
	return all
}

// An image within HTML is taken out of it before it is read, so that its bytes do not
// count as a long text; the place keeps this address.
const keptScheme = "proba-media:"

var (
	dataAddress = regexp.MustCompile(`data:image/[A-Za-z0-9.+-]+;base64,[A-Za-z0-9+/=%\s]+`)
	keptAddress = regexp.MustCompile(`src="` + keptScheme + `([0-9a-f]{64}-\d+x\d+\.[a-z]+)"`)
)

// unpack keeps the images that stand in the HTML itself.
func (d *Draft) unpack(source string) string {
	if !strings.Contains(source, "data:image/") {
		return source
	}
	return dataAddress.ReplaceAllStringFunc(source, func(address string) string {
		_, body, _ := strings.Cut(address, ",")
		if unescaped, err := url.PathUnescape(body); err == nil {
			body = unescaped
		}
		data, err := Base64(body)
		if err != nil {
			return keptScheme + "broken"
		}
		return d.keptAt(data)
	})
}

// keptAt is where the image is from now on; one that is refused says so.
func (d *Draft) keptAt(data []byte) string {
	if d.im.ask(); d.im.stopped { // an image may take a second
		return keptScheme
	}
	name, err := d.im.media.keep(data)
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		d.Refuse(f.Code, "shows an image that cannot be kept: %s", f.Message)
	} else if err != nil {
		d.Refuse("media.broken", "shows an image that cannot be kept")
	}
	return keptScheme + name
}

// Base64 decodes what XML files and addresses hold, line breaks among it.
func Base64(s string) ([]byte, error) {
	clean := strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, s)
	return base64.StdEncoding.DecodeString(clean)
}

// EncodeBase64 is the inverse of Base64.
func EncodeBase64(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

// image makes the image of an element of HTML that which a text holds, or says why not.
func (d *Draft) image(src, alt string) (string, *Loss) {
	name, kept := strings.CutPrefix(src, keptScheme)
	if !kept {
		if d.Media == nil {
			return "", &Loss{true, "media.image", "shows an image that is not in the file, and nothing is fetched: " + shorten(src)}
		}
		if d.shown++; d.shown > maxShown {
			return "", &Loss{true, "media.too_many", "shows more than " + itoa(maxShown) + " images; no learner looks at as many"}
		}
		data, err := d.Media(src)
		if err != nil {
			return "", &Loss{true, "media.image", "shows an image that cannot be read: " + err.Error()}
		}
		name = strings.TrimPrefix(d.keptAt(data), keptScheme)
	}
	alt = strings.NewReplacer("[", "(", "]", ")").Replace(tidy(strings.ReplaceAll(alt, "\n", " ")))
	switch {
	case name == "": // keptAt told why, or was stopped
		return "", nil
	case !exam.IsMedium(name):
		return "", &Loss{true, "media.broken", "shows an image whose base64 is broken"}
	case alt == "":
		return "", &Loss{true, "media.no_description", "shows an image without a description (alt); say what it shows, for who does not see it"}
	}
	return exam.Image{Alt: alt, Name: name}.String(), nil
}

// Images makes the images of texts in the form of exam.Text those of the bank: what is no
// name of one is a file that Media has.
func (d *Draft) Images(t exam.Text) exam.Text {
	for lang, s := range t {
		if !strings.Contains(s, "![") {
			continue
		}
		var b strings.Builder
		for _, p := range exam.Pieces(s) {
			switch {
			case p.Image == nil:
				b.WriteString(p.Words)
			case exam.IsMedium(p.Image.Name):
				b.WriteString(p.Image.String())
			default:
				kept, loss := d.image(p.Image.Name, p.Image.Alt)
				if loss != nil {
					d.Refuse(loss.Code, "%s", loss.Message)
				}
				b.WriteString(kept)
			}
		}
		t[lang] = tidy(b.String())
	}
	return t
}

// imageHTML writes an image of a bank for ToHTML.
func imageHTML(m exam.Image) string {
	return `<img src="` + keptScheme + html.EscapeString(m.Name) + `" alt="` + html.EscapeString(m.Alt) + `"/>`
}

// Medium is an image of the bank: one that came with it, else that of the caller's
// Media.
func (x *Export) Medium(name string) (exam.Medium, bool) {
	if m, ok := x.media[name]; ok {
		return m, true
	}
	for _, m := range x.Bank.Brought() {
		if m.Name == name {
			return m, true
		}
	}
	if x.Media == nil {
		return exam.Medium{}, false
	}
	m, err := x.Media(name)
	if err != nil {
		return exam.Medium{}, false
	}
	if x.media == nil {
		x.media = make(map[string]exam.Medium)
	}
	x.media[name] = m
	return m, true
}

// Placed gives the images of HTML that ToHTML wrote their addresses in the format. One
// that is not there is written as its name, and told.
func (x *Export) Placed(htmlText string, address func(exam.Medium) string) string {
	if !strings.Contains(htmlText, keptScheme) {
		return htmlText
	}
	return keptAddress.ReplaceAllStringFunc(htmlText, func(found string) string {
		name := keptAddress.FindStringSubmatch(found)[1]
		m, ok := x.Medium(name)
		if !ok {
			x.Lose("", "media.missing", "the image %s… is not there; the file names it and does not hold it", name[:12])
			return `src="` + name + `"`
		}
		return `src="` + html.EscapeString(address(m)) + `"`
	})
}

// Wordy is the text with the descriptions of its images instead of them, for places that
// hold words only.
func (x *Export) Wordy(t exam.Text) exam.Text {
	if len(exam.Media(t)) == 0 {
		return t
	}
	x.Lose("", "media.words", "a choice of a matching holds words only there; the description stands for its image")
	words := make(exam.Text, len(t))
	for lang, s := range t {
		words[lang] = exam.Described(s)
	}
	return words
}

// DataAddress is the image in the address itself.
func DataAddress(m exam.Medium) string {
	var b bytes.Buffer
	_, _, extension := exam.Size(m.Name)
	b.WriteString("data:image/" + map[string]string{"jpg": "jpeg"}[extension])
	if extension != "jpg" {
		b.WriteString(extension)
	}
	b.WriteString(";base64," + base64.StdEncoding.EncodeToString(m.Data))
	return b.String()
}

// AllMedia are the images that the bank shows, as far as they are there.
func (x *Export) AllMedia() []exam.Medium {
	var all []exam.Medium
	for _, name := range x.Bank.Media() {
		if m, ok := x.Medium(name); ok {
			all = append(all, m)
		} else {
			x.Lose("", "media.missing", "the image %s… is not there; the file names it and does not hold it", name[:12])
		}
	}
	return all
}
