package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/proba-exam/proba/exam"
)

// workbenchAssets are what its pages load beside the learners' style.
var workbenchAssets = []string{"workbench.css", "room.js", "regrade.js", "writing.css", "preview.js", "writing.js", "marks.js", "blueprint.js", "statistics.css", "template.css", "template.js"}

// loadWorkbench adds the workbench's words, assets and templates. Its templates are a
// set of their own that knows the learners' ones, so that an item looks the same to
// staff as in the exam.
func (p *pages) loadWorkbench(web fs.FS, zone *time.Location) error {
	for _, lang := range pageLanguages {
		areas, err := fs.Glob(web, "workbench/words/*."+lang+".json")
		if err != nil {
			return fmt.Errorf("words of the workbench: %w", err)
		}
		for _, file := range areas {
			if err := p.learnWords(web, file, lang); err != nil {
				return err
			}
		}
	}
	for _, name := range workbenchAssets {
		data, err := fs.ReadFile(web, "workbench/"+name)
		if err != nil {
			return fmt.Errorf("asset: %w", err)
		}
		if err := p.addAsset(name, data); err != nil {
			return err
		}
	}
	set, err := p.templates.Clone()
	if err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	rows, err := learnRows(web)
	if err != nil {
		return err
	}
	set.Funcs(template.FuncMap{"rowWords": func(lang, code string) string { return rows[lang][code] }})
	p.workbench, err = set.Funcs(workbenchFuncs(zone)).ParseFS(web, "workbench/*.html")
	if err != nil {
		return fmt.Errorf("templates of the workbench: %w", err)
	}
	return nil
}

// learnWords adds a file of words to those of a language.
func (p *pages) learnWords(web fs.FS, file, lang string) error {
	data, err := fs.ReadFile(web, file)
	if err != nil {
		return fmt.Errorf("words: %w", err)
	}
	more := make(map[string]string)
	if err := json.Unmarshal(data, &more); err != nil {
		return fmt.Errorf("words of %s: %w", file, err)
	}
	for key, word := range more {
		if _, twice := p.words[lang][key]; twice {
			return fmt.Errorf("words of %s: %q is said already", file, key)
		}
		p.words[lang][key] = word
	}
	return nil
}

// learnRows reads what the codes of an import's rows mean, by language and code. The rows
// themselves are English, with what varies in them: in English there is nothing to add.
func learnRows(web fs.FS) (map[string]map[string]string, error) {
	rows := make(map[string]map[string]string)
	for _, lang := range pageLanguages {
		data, err := fs.ReadFile(web, "workbench/rows."+lang+".json")
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("words of rows: %w", err)
		}
		of := make(map[string]string)
		if err := json.Unmarshal(data, &of); err != nil {
			return nil, fmt.Errorf("words of rows in %s: %w", lang, err)
		}
		rows[lang] = of
	}
	return rows, nil
}

func workbenchFuncs(zone *time.Location) template.FuncMap {
	return template.FuncMap{
		// local is a time as the field datetime-local holds it.
		"local":   func(t time.Time) string { return t.In(zone).Format(localTime) },
		"percent": func(lang string, share float64) string { return decimal(lang, share*100) + " %" },
		// hundredths are basis points as a percentage.
		"fewForms":  fewForms,
		"minutesOf": func(seconds int) string { return strconv.FormatFloat(float64(seconds)/60, 'f', -1, 64) },
		"days":      func(seconds int) int { return seconds / (24 * 3600) },
		"summed":    sumUp,
		"length":    func(b exam.Blueprint) int { return b.Length() },
		"rule":      func(it exam.Item) exam.Rule { return it.Rule() },
		"count":     func(t exam.Tally, state exam.State) int { return t.States[state] },
		"tab":       func(id, tab string) map[string]string { return map[string]string{"ID": id, "Tab": tab} },
		"has":       func(list []string, s string) bool { return slices.Contains(list, s) },
		"join":      join,
		"pointsOf":  points,
		// say is a service's message in the language of the page.
		"say":  func(page interface{ said(string) string }, message string) string { return page.said(message) },
		"clip": clip,
		// row gives a row of a form its page, its number from 0 and what it holds.
		"row": func(page any, n int, of any) map[string]any { return map[string]any{"Page": page, "N": n, "Of": of} },
		// act gives one thing to be done with a page's object its page.
		"act": func(page any, act, class string) map[string]any {
			return map[string]any{"Page": page, "Act": act, "Class": class}
		},
		// textOf is one text of a certificate template.
		"textOf": func(lang, name, text string) map[string]string {
			return map[string]string{"Lang": lang, "Name": name, "Text": text}
		},
		"nothing": func() any { return nil },
		// blanks are the numbers of n rows after the first ones.
		"blanks": func(first, n int) []int { return numbered(first, n) },
		"choice": func(page any, name, label string, values []string, chosen, words string) map[string]any {
			return map[string]any{"Page": page, "Name": name, "Label": label, "Values": values, "Chosen": chosen, "Words": words}
		},
		// named gives terms of the domain, one or a list, their names beside their codes.
		"named": func(page interface {
			term(kind, name string) string
		}, kind string, codes any) []namedCode {
			return namedCodes(page.term, kind, codes)
		},
		// word is what the catalogue says for a term of the domain, such as "state" and
		// "running", else the term.
		"word": func(page interface {
			term(kind, name string) string
		}, kind string, name any) string {
			return page.term(kind, fmt.Sprint(name))
		},
	}
}

// fewForms is how many sets of items there are, given the base-10 logarithm, while that is
// a number that people read; "" beyond a million.
func fewForms(log10 float64) string {
	if !(log10 < 6) { // also what is no number
		return ""
	}
	return strconv.FormatFloat(math.Round(math.Pow(10, log10)), 'f', -1, 64)
}

func numbered(first, n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = first + i
	}
	return all
}

// join lists the terms of a list of any kind of text.
func join(list any) string {
	v := reflect.ValueOf(list)
	all := make([]string, v.Len())
	for i := range all {
		all[i] = fmt.Sprint(v.Index(i))
	}
	return strings.Join(all, ", ")
}

// clipped is how many characters of a stem a list shows: what fits two lines.
const clipped = 140

func clip(s string) string {
	s = strings.ReplaceAll(s, "*", "") // the signs of emphasis
	if runes := []rune(s); len(runes) > clipped {
		return string(runes[:clipped]) + "…"
	}
	return s
}
