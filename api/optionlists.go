package api

import (
	"html/template"
	"strconv"
)

// The lists of this file repeat some hundreds of times on the page of a whole exam, for which
// everybody in a hall asks at once. They are not templates: those look up every name anew, and
// took half of the time of a start.

// Ticks are the options to tick, with the letters of their areas where there is an image.
func (it itemView) Ticks(lang string) template.HTML {
	kind := "radio"
	if it.Several() {
		kind = "checkbox"
	}
	var b optionList
	for o, text := range it.Options {
		b.add(`<label class="choice"><input type="`, kind, `" name="choice" value="`, strconv.Itoa(o), `"`)
		if it.Chosen[o] {
			b.add(" checked")
		}
		b.add("> ")
		if len(it.Areas) > 0 {
			b.add("<b>", letterOf(lang, o), "</b> ")
		}
		b.add("<span>", string(prose(text)), "</span></label>")
	}
	return template.HTML(b)
}

// Lettered are the options in full, each with the letter by which Letters names it.
func (it itemView) Lettered(lang string) template.HTML {
	var b optionList
	b.add(`<ul class="lettered">`)
	for o, text := range it.Options {
		b.add("<li><b>", letterOf(lang, o), "</b> <span data-step>", string(prose(text)), "</span></li>")
	}
	b.add("</ul>")
	return template.HTML(b)
}

// Letters are the options of a closed list; before says that none is chosen, which is -1.
func (it itemView) Letters(before, lang string, chosen int) template.HTML {
	var b optionList
	b.add(`<option value="-1">`, template.HTMLEscapeString(before), "</option>")
	for o, text := range it.Options {
		b.add(`<option value="`, strconv.Itoa(o), `"`)
		if o == chosen {
			b.add(" selected")
		}
		b.add(">", letterOf(lang, o), ". ", template.HTMLEscapeString(brief(text)), "</option>")
	}
	return template.HTML(b)
}

// optionList is a list as it is written.
type optionList []byte

// optionRoom is what most lists of options need, in bytes.
const optionRoom = 1024

// add writes parts that are markup already.
func (l *optionList) add(parts ...string) {
	if *l == nil {
		*l = make(optionList, 0, optionRoom)
	}
	for _, p := range parts {
		*l = append(*l, p...)
	}
}
