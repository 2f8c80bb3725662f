package qti

import (
	"fmt"
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam/interchange"
)

// maxSections bounds the nesting of sections over all files.
const maxSections = 32

// rules are the parts of a test that say how an exam is held and not what is asked.
var rules = []string{"outcomeProcessing", "timeLimits", "preCondition", "branchRule", "itemSessionControl", "testFeedback", "templateDefault", "weight"}

// test reads the items of an assessmentTest. Its sections name their topics.
func (l *library) test(name string, e *interchange.Element) {
	if l.pkg == nil {
		l.im.Fail(l.place(name), 1, "qti.test", "is a test whose items are in other files; name the package's zip file or folder")
		return
	}
	var found []string
	for _, rule := range e.Find(rules...) {
		if !slices.Contains(found, rule.Name) {
			found = append(found, rule.Name)
		}
	}
	if len(found) > 0 {
		l.im.Warn(l.place(name), e.Line, "qti.test_rules", "rules of the test are an exam's and not a bank's and are left out: %s", strings.Join(found, ", "))
	}
	for _, part := range e.All("testPart") {
		l.sections(name, part, "", 0)
	}
}

// sections reads what stands in a test part or section, in its order.
func (l *library) sections(name string, e *interchange.Element, category string, depth int) {
	for _, c := range e.Children {
		switch c.Name {
		case "assessmentSection":
			l.section(name, c, category, depth)
		case "assessmentSectionRef":
			l.sectionRef(name, c, category, depth)
		case "assessmentItemRef":
			file, err := interchange.Resolve(name, c.Attr("href"))
			if err != nil {
				l.im.Fail(l.place(name), c.Line, "qti.external", "the item %q %s", c.Attr("identifier"), err)
				continue
			}
			l.file(file, category)
		}
	}
}

func (l *library) section(name string, e *interchange.Element, category string, depth int) {
	if depth >= maxSections {
		l.im.Fail(l.place(name), e.Line, "qti.cycle", "its sections are nested more than %d deep", maxSections)
		return
	}
	if title := strings.ReplaceAll(e.Attr("title"), "/", " "); title != "" {
		category += "/" + title
	}
	if s := e.Child("selection"); s != nil {
		l.im.Warn(l.place(name), e.Line, "qti.selection", "%s", drawn(e.Attr("title"), category, s.Attr("select")))
		if s.Attr("withReplacement") == "true" {
			l.im.Warn(l.place(name), e.Line, "qti.selection", "the section %q may draw an item twice; here a form has each item once", e.Attr("title"))
		}
	}
	if o := e.Child("ordering"); o != nil && o.Attr("shuffle") == "true" {
		l.im.Note(l.place(name), e.Line, "qti.ordering", "the section %q is shuffled; so are all forms here", e.Attr("title"))
	}
	for _, block := range e.All("rubricBlock") {
		if strings.TrimSpace(block.Content()) != "" {
			l.im.Warn(l.place(name), block.Line, "qti.rubric", "the instructions of the section %q are left out", e.Attr("title"))
		}
	}
	l.sections(name, e, category, depth+1)
}

// drawn says what a section that draws some of its items is here: a cell of a blueprint.
func drawn(title, category, count string) string {
	said := fmt.Sprintf("the section %q draws %s of its items; the bank keeps all of them", title, count)
	if topic := interchange.TopicOf(category); topic != "" {
		return said + fmt.Sprintf(", and a blueprint's cell of the topic %q with the count %s draws as many", topic, count)
	}
	return said + ", and a blueprint says how many are drawn"
}

// sectionRef reads a section from a file of its own, once: a section that contains
// itself has no end, and one that is named twice has its items already.
func (l *library) sectionRef(name string, ref *interchange.Element, category string, depth int) {
	file, err := interchange.Resolve(name, ref.Attr("href"))
	if err != nil {
		l.im.Fail(l.place(name), ref.Line, "qti.external", "the section %q %s", ref.Attr("identifier"), err)
		return
	}
	if l.open[file] {
		l.im.Fail(l.place(name), ref.Line, "qti.cycle", "the section %q contains itself", file)
		return
	}
	if l.read[file] {
		return
	}
	l.read[file], l.open[file] = true, true
	defer delete(l.open, file)
	if e, ok := l.element(file); ok {
		l.section(file, e, category, depth)
	}
}
