package api

import (
	"html/template"
	"strconv"
	"strings"
)

// What this file writes stands some hundreds of times on the page of a whole exam, for which
// everybody in a hall asks at once. It is no template: those look up every name anew, and took
// half of the time of a start.

// Head is the beginning of an item in its form, hidden unless it is the one that is shown
// first. The end of both stands in the template.
func (it itemView) Head(shown int) template.HTML {
	var b optionList
	number, kind := strconv.Itoa(it.Number), template.HTMLEscapeString(string(it.Kind))
	b.add(`<section class="item card" id="item-`, number, `"`)
	if it.Stimulus != "" {
		b.add(` data-stimulus="case-`, template.HTMLEscapeString(it.Stimulus), `"`)
	}
	if it.Number != shown {
		b.add(" hidden")
	}
	b.add(">\n", `<form method="post" id="form-`, number, `" autocomplete="off" data-kind="`, kind, `" data-choose="`, strconv.Itoa(it.Choose), "\">\n",
		`<input type="hidden" name="slot" value="`, strconv.Itoa(it.Slot), `"><input type="hidden" name="base" value="`, strconv.FormatInt(it.Base, 10), "\">\n",
		`<h1 class="stem" id="stem-`, number, `" tabindex="-1">`, string(prose(it.Stem)), "</h1>")
	return b.markup()
}

// Choices are the options to tick, in the words t, with how many where it is not one, and
// with the letters of their areas where there is an image.
func (it itemView) Choices(t map[string]string, lang string) template.HTML {
	kind, role := "radio", "radiogroup"
	if it.Several() {
		kind, role = "checkbox", "group"
	}
	var b optionList
	if it.Choose > 1 {
		b.add(`<p class="note">`, template.HTMLEscapeString(t["hintChoose"]), " ", strconv.Itoa(it.Choose), ".</p>")
	}
	b.add("\n", `<div role="`, role, `" aria-labelledby="stem-`, strconv.Itoa(it.Number), `">`)
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
	b.add("</div>")
	return b.markup()
}

// Lettered are the options in full, each with the letter by which Letters names it.
func (it itemView) Lettered(lang string) template.HTML {
	var b optionList
	b.add(`<ul class="lettered">`)
	for o, text := range it.Options {
		b.add("<li><b>", letterOf(lang, o), "</b> <span data-step>", string(prose(text)), "</span></li>")
	}
	b.add("</ul>")
	return b.markup()
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
	return b.markup()
}

// optionList is a list as it is written.
type optionList struct{ strings.Builder }

// optionRoom is what most lists of options need, in bytes.
const optionRoom = 1024

// add writes parts that are markup already.
func (l *optionList) add(parts ...string) {
	if l.Len() == 0 {
		l.Grow(optionRoom)
	}
	for _, p := range parts {
		l.WriteString(p)
	}
}

func (l *optionList) markup() template.HTML { return template.HTML(l.String()) }
