package interchange

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/proba-exam/proba/exam"
)

// Loss is what a text of the source has that an exam.Text cannot keep.
type Loss struct {
	// Refuse holds when the question makes no sense without it.
	Refuse  bool
	Code    string
	Message string
}

// blocks begin a paragraph of their own.
var blocks = []atom.Atom{atom.P, atom.Div, atom.Blockquote, atom.Pre, atom.Ul, atom.Ol, atom.Dl, atom.Table,
	atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Hr, atom.Section, atom.Article, atom.Figure, atom.Center, atom.Address}

// lines begin a line of their own.
var lines = []atom.Atom{atom.Br, atom.Li, atom.Tr, atom.Dt, atom.Dd, atom.Figcaption, atom.Caption}

// essential elements show what a question may ask about.
var essential = map[atom.Atom]Loss{
	atom.Img:    {true, "media.image", "shows an image, which items cannot carry; describe it in words, or leave the question out"},
	atom.Svg:    {true, "media.image", "shows a drawing, which items cannot carry; describe it in words, or leave the question out"},
	atom.Canvas: {true, "media.image", "shows a drawing, which items cannot carry; describe it in words, or leave the question out"},
	atom.Audio:  {true, "media.sound", "plays a recording, which items cannot carry; give its words, or leave the question out"},
	atom.Video:  {true, "media.video", "plays a film, which items cannot carry; describe it in words, or leave the question out"},
	atom.Object: {true, "media.object", "shows an embedded object, which items cannot carry; describe it in words, or leave the question out"},
	atom.Embed:  {true, "media.object", "shows an embedded object, which items cannot carry; describe it in words, or leave the question out"},
	atom.Iframe: {true, "media.object", "shows another page, which items cannot carry; describe it in words, or leave the question out"},
	atom.Math:   {true, "text.formula", "has a formula in MathML, which items cannot carry; write it in words or signs"},
}

// dropped elements have content that no reader sees.
var dropped = []atom.Atom{atom.Script, atom.Style, atom.Template, atom.Head, atom.Title, atom.Noscript}

// FromHTML reads a piece of HTML into a text: paragraphs, line breaks, lists and
// emphasis are kept, all else is told as a loss. The spans of Moodle's multilang
// filter (class "multilang" and lang) become languages; without them the text is
// Unnamed. It works token by token, so that nesting costs nothing.
func FromHTML(source string) (exam.Text, []Loss) { return fromHTML(source, nil) }

// imageReader makes what a text holds of an image, or says why it cannot.
type imageReader func(src, alt string) (string, *Loss)

func fromHTML(source string, image imageReader) (exam.Text, []Loss) {
	if len(source) > MaxText {
		return nil, []Loss{{true, "text.too_long", "has a text of more than 256 kB; no learner reads that"}}
	}
	if words := paragraph(source); !strings.ContainsAny(words, "<&*") {
		return exam.Text{Unnamed: tidy(collapse(words))}, nil
	}
	return markup(source, image)
}

// paragraph is what stands in the one paragraph that a text most often is: it needs no
// tokenizer, whose buffer is longer than most texts.
func paragraph(source string) string {
	if words, ok := strings.CutPrefix(source, "<p>"); ok {
		if words, ok = strings.CutSuffix(words, "</p>"); ok {
			return words
		}
	}
	return source
}

// markup reads a text with any markup.
func markup(source string, image imageReader) (exam.Text, []Loss) {
	r := htmlReader{z: html.NewTokenizer(strings.NewReader(source)), image: image}
	r.read()
	return r.texts(), r.losses
}

type htmlReader struct {
	z      *html.Tokenizer
	image  imageReader
	runs   []run
	losses []Loss
	strong int
	em     int
	skip   atom.Atom // inside a dropped element
	pre    int
	lang   string
	spans  []bool // whether each open span is one of a language
	lists  []int  // the next number of each open list, 0 for bullets
}

func (r *htmlReader) lose(l Loss) {
	if len(r.losses) >= maxLosses && !l.Refuse {
		l = Loss{false, "text.more", "more of its markup is left out than is told here"}
	}
	if !slices.Contains(r.losses, l) {
		r.losses = append(r.losses, l)
	}
}

func (r *htmlReader) put(text string) {
	r.runs = append(r.runs, run{text: text, strong: r.strong > 0, em: r.em > 0, lang: r.lang})
}

func (r *htmlReader) read() {
	for {
		switch r.z.Next() {
		case html.ErrorToken:
			// An unfinished tag at the end was meant as text: "a <b".
			if rest := string(r.z.Raw()); r.skip == 0 && strings.TrimSpace(rest) != "" {
				r.put(collapse(html.UnescapeString(rest)))
			}
			return
		case html.TextToken:
			if r.skip != 0 {
				continue
			}
			text := string(r.z.Text())
			if r.pre == 0 {
				text = collapse(text)
			}
			if ambiguousStars(text) {
				r.lose(Loss{false, "text.asterisks", "has words between asterisks, which learners see as emphasis"})
			}
			r.put(text)
		case html.StartTagToken, html.SelfClosingTagToken:
			raw := string(r.z.Raw())
			r.start(r.z.Token(), raw)
		case html.EndTagToken:
			r.end(r.z.Token())
		}
	}
}

func (r *htmlReader) start(t html.Token, raw string) {
	if r.skip != 0 {
		return
	}
	if l, ok := essential[t.DataAtom]; ok {
		switch {
		case t.DataAtom == atom.Img && decorative(t):
			l = Loss{false, "media.image", "a decorative image (with an empty description) is left out"}
		case t.DataAtom == atom.Img && r.image != nil:
			shown, loss := r.image(attribute(t, "src"), attribute(t, "alt"))
			if loss == nil {
				r.runs = append(r.runs, run{text: shown, lang: r.lang})
				return
			}
			l = *loss
		}
		r.lose(l)
		return
	}
	switch {
	case slices.Contains(dropped, t.DataAtom):
		if t.Type == html.StartTagToken {
			r.skip = t.DataAtom
		}
		if t.DataAtom != atom.Head && t.DataAtom != atom.Title {
			r.lose(Loss{false, "text.script", "a script, style or template is left out"})
		}
	case slices.Contains(blocks, t.DataAtom):
		r.block(t.DataAtom)
	case slices.Contains(lines, t.DataAtom):
		r.line(t.DataAtom)
	default:
		r.inline(t, raw)
	}
}

func (r *htmlReader) block(a atom.Atom) {
	switch a {
	case atom.Ul, atom.Dl:
		r.lists = append(r.lists, 0)
	case atom.Ol:
		r.lists = append(r.lists, 1)
	case atom.Pre:
		r.pre++
	case atom.Table:
		r.lose(Loss{false, "text.table", "a table is kept as lines of text; check that it still reads well"})
	}
	r.put(paragraphBreak)
}

func (r *htmlReader) line(a atom.Atom) {
	r.put("\n")
	if n := len(r.lists); a == atom.Li && n > 0 {
		if r.lists[n-1] == 0 {
			r.put("• ")
			return
		}
		r.put(itoa(r.lists[n-1]) + ". ")
		r.lists[n-1]++
	}
}

// inline handles what stands within a line.
func (r *htmlReader) inline(t html.Token, raw string) {
	switch t.DataAtom {
	case atom.B, atom.Strong:
		r.strong++
	case atom.I, atom.Em, atom.Cite, atom.Dfn, atom.Var:
		r.em++
	case atom.Td, atom.Th:
		r.put(" | ")
	case atom.Sub, atom.Sup:
		r.put(map[atom.Atom]string{atom.Sub: "_", atom.Sup: "^"}[t.DataAtom])
		r.lose(Loss{false, "text.script_position", "raised or lowered characters are written with ^ and _; check that they still read well"})
	case atom.Q:
		r.put("“")
	case atom.A:
		if href := attribute(t, "href"); href != "" {
			r.lose(Loss{false, "text.link", "the address of a link is left out: " + shorten(href)})
		}
	case atom.Span:
		lang := attribute(t, "lang")
		ours := lang != "" && slices.Contains(strings.Fields(attribute(t, "class")), "multilang")
		r.spans = append(r.spans, ours)
		if ours {
			r.lang = strings.ToLower(lang)
			r.put("") // a language without words here is one all the same
		}
	case atom.Input, atom.Select, atom.Textarea, atom.Button, atom.Form:
		r.lose(Loss{false, "text.field", "a field of a form is left out"})
	case 0:
		if !strings.ContainsAny(t.Data, ":-") {
			// Not HTML, such as the comparison "a<b": what the author wrote.
			r.put(collapse(html.UnescapeString(raw)))
		}
	}
}

func (r *htmlReader) end(t html.Token) {
	if r.skip != 0 {
		if t.DataAtom == r.skip {
			r.skip = 0
		}
		return
	}
	switch t.DataAtom {
	case atom.B, atom.Strong:
		r.strong = max(0, r.strong-1)
	case atom.I, atom.Em, atom.Cite, atom.Dfn, atom.Var:
		r.em = max(0, r.em-1)
	case atom.Q:
		r.put("”")
	case atom.Pre:
		r.pre = max(0, r.pre-1)
	case atom.Ul, atom.Ol, atom.Dl:
		r.lists = r.lists[:max(0, len(r.lists)-1)]
	case atom.Span:
		if n := len(r.spans); n > 0 {
			if r.spans[n-1] {
				r.lang = ""
			}
			r.spans = r.spans[:n-1]
		}
	}
	if slices.Contains(blocks, t.DataAtom) {
		r.put(paragraphBreak)
	}
}

// texts writes the runs out, in each language that they have.
func (r *htmlReader) texts() exam.Text {
	text := make(exam.Text)
	for _, x := range r.runs {
		if x.lang != "" && len(text) < maxLanguages {
			text[x.lang] = ""
		}
	}
	if len(text) == 0 {
		text[Unnamed] = ""
	}
	for lang := range text {
		text[lang] = writeRuns(r.runs, lang)
	}
	return text
}

// decorative reports whether an image is marked as such: an empty alt, as HTML
// defines it.
func decorative(t html.Token) bool {
	for _, a := range t.Attr {
		if a.Key == "alt" {
			return strings.TrimSpace(a.Val) == ""
		}
	}
	return false
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// shorten keeps a row readable.
func shorten(s string) string { return clipped(s, 80) }

// clipped is the beginning of a text that is longer than some characters.
func clipped(s string, most int) string {
	n := 0
	end := 0 // of all but the last one that there is room for
	for at := range s {
		if n++; n == most {
			end = at
		} else if n > most {
			return strings.Clone(s[:end]) + "…"
		}
	}
	return s
}
