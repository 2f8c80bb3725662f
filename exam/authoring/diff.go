package authoring

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/proba-exam/proba/exam"
)

// Change is one place in which two revisions differ.
type Change struct {
	// Path is a JSON Pointer into the item.
	Path          string
	Before, After string
	// Parts are both texts woven together, word by word.
	Parts []Part
}

// Part is a piece of a text that was kept, taken out or put in.
type Part struct {
	Text           string
	Removed, Added bool
}

// Diff lists the places in which two revisions differ, in the order of the item.
func Diff(before, after exam.Item) ([]Change, error) {
	old, err := leaves(before)
	if err != nil {
		return nil, err
	}
	now, err := leaves(after)
	if err != nil {
		return nil, err
	}
	was, is := make(map[string]string, len(old)), make(map[string]string, len(now))
	for _, l := range old {
		was[l.path] = l.text
	}
	for _, l := range now {
		is[l.path] = l.text
	}
	var changes []Change
	add := func(path string) {
		if was[path] != is[path] {
			changes = append(changes, Change{Path: path, Before: was[path], After: is[path], Parts: weave(was[path], is[path])})
		}
	}
	for _, l := range now {
		add(l.path)
	}
	for _, l := range old {
		if _, still := is[l.path]; !still {
			add(l.path)
		}
	}
	return changes, nil
}

type leaf struct{ path, text string }

// leaves are the values of an item's JSON, in its order.
func leaves(it exam.Item) ([]leaf, error) {
	data, err := json.Marshal(it)
	if err != nil {
		return nil, fmt.Errorf("compare item %s: %w", it.ID, err)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var all []leaf
	var walk func(path string) error
	walk = func(path string) error {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'):
			for dec.More() {
				key, err := dec.Token()
				if err != nil {
					return err
				}
				if err := walk(fmt.Sprintf("%s/%v", path, key)); err != nil {
					return err
				}
			}
			_, err = dec.Token()
			return err
		case json.Delim('['):
			for n := 0; dec.More(); n++ {
				if err := walk(fmt.Sprintf("%s/%d", path, n)); err != nil {
					return err
				}
			}
			_, err = dec.Token()
			return err
		case nil:
			return nil
		}
		all = append(all, leaf{path, fmt.Sprint(token)})
		return nil
	}
	if err := walk(""); err != nil {
		return nil, fmt.Errorf("compare item %s: %w", it.ID, err)
	}
	return all, nil
}

// maxWoven bounds the words of a text that is compared word by word; the table takes
// their square. The longest stem has some 400.
const maxWoven = 1500

// weave compares two texts word by word, by their longest common subsequence.
func weave(before, after string) []Part {
	a, b := pieces(before), pieces(after)
	if len(a) > maxWoven || len(b) > maxWoven {
		return []Part{{Text: before, Removed: true}, {Text: after, Added: true}}
	}
	// common[i][j] is the length of the longest common subsequence of a[i:] and b[j:].
	common := make([][]int16, len(a)+1)
	for i := range common {
		common[i] = make([]int16, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var parts []Part
	put := func(text string, removed, added bool) {
		if n := len(parts); n > 0 && parts[n-1].Removed == removed && parts[n-1].Added == added {
			parts[n-1].Text += text
			return
		}
		parts = append(parts, Part{text, removed, added})
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			put(a[i], false, false)
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			put(a[i], true, false)
			i++
		default:
			put(b[j], false, true)
			j++
		}
	}
	return parts
}

// word is a word with the space behind it.
var word = regexp.MustCompile(`\S+\s*|\s+`)

func pieces(s string) []string { return word.FindAllString(strings.ToValidUTF8(s, "\uFFFD"), -1) }
