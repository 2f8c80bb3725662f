package interchange

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"strings"

	"golang.org/x/net/html/atom"
)

// Element is an XML element held in memory, or a piece of character data when
// Name is "". Namespaces are left out: the formats differ in them between
// versions, and their local names do not collide.
type Element struct {
	Name     string
	Attrs    []xml.Attr
	Children []*Element
	Text     string
	// Line counts from 1.
	Line int
}

// Attr returns the value of an attribute, "" when it or e is not there.
func (e *Element) Attr(name string) string {
	if e == nil {
		return ""
	}
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// Child returns the first child element of that name; nil when there is none.
func (e *Element) Child(name string) *Element {
	if e != nil {
		for _, c := range e.Children {
			if c.Name == name {
				return c
			}
		}
	}
	return nil
}

// All returns the child elements of that name.
func (e *Element) All(name string) []*Element {
	var found []*Element
	if e != nil {
		for _, c := range e.Children {
			if c.Name == name {
				found = append(found, c)
			}
		}
	}
	return found
}

// Find returns e's descendants of any of the names, in document order.
func (e *Element) Find(names ...string) []*Element {
	var found []*Element
	e.Walk(func(c *Element) bool {
		for _, name := range names {
			if c != e && c.Name == name {
				found = append(found, c)
			}
		}
		return true
	})
	return found
}

// Walk calls visit for e and its descendants in document order; it does not enter
// those for which visit returns false.
func (e *Element) Walk(visit func(*Element) bool) {
	if e == nil || !visit(e) {
		return
	}
	for _, c := range e.Children {
		c.Walk(visit)
	}
}

// Content returns the character data of e and its descendants.
func (e *Element) Content() string {
	var b strings.Builder
	e.Walk(func(c *Element) bool {
		b.WriteString(c.Text)
		return true
	})
	return b.String()
}

// HTML writes the content of e as HTML. Replace may give another text for a
// descendant; it returns false to have it written as it is.
func (e *Element) HTML(replace func(*Element) (string, bool)) string {
	if e == nil {
		return ""
	}
	var b strings.Builder
	for _, c := range e.Children {
		c.writeHTML(&b, replace)
	}
	return b.String()
}

func (e *Element) writeHTML(b *strings.Builder, replace func(*Element) (string, bool)) {
	if e.Name == "" {
		b.WriteString(escaper.Replace(e.Text))
		return
	}
	if s, ok := replace(e); ok {
		b.WriteString(s)
		return
	}
	if atom.Lookup([]byte(e.Name)) == 0 { // no element of HTML: its content counts
		for _, c := range e.Children {
			c.writeHTML(b, replace)
		}
		return
	}
	b.WriteString("<" + e.Name)
	for _, a := range e.Attrs {
		if a.Name.Space != "xmlns" {
			b.WriteString(" " + a.Name.Local + `="` + html.EscapeString(a.Value) + `"`)
		}
	}
	b.WriteString(">")
	if e.Name == "br" || e.Name == "hr" || e.Name == "img" {
		return
	}
	for _, c := range e.Children {
		c.writeHTML(b, replace)
	}
	b.WriteString("</" + e.Name + ">")
}

// XML reads a document element by element. It takes no document type with
// declarations (entity expansion, external entities), no nesting beyond maxDepth
// and no element of more than maxNodes.
type XML struct {
	dec   *xml.Decoder
	depth int
	// Path names the open elements around the last one that Next returned.
	Path []*Element
}

// NewXML reads a document in UTF-8.
func NewXML(data []byte) *XML { return StreamXML(bytes.NewReader(data)) }

// StreamXML is NewXML of a document that is not held in memory.
func StreamXML(in io.Reader) *XML {
	dec := xml.NewDecoder(in)
	dec.Entity = xml.HTMLEntity
	// Decode has converted it, whatever the declaration says.
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	return &XML{dec: dec}
}

// Line is where reading stands.
func (x *XML) Line() int {
	line, _ := x.dec.InputPos()
	return line
}

// Next returns the next element for which want is true, whole, or io.EOF.
// Elements around it are in Path, without their content.
func (x *XML) Next(want func(name string, path []*Element) bool) (*Element, error) {
	for {
		line := x.Line()
		t, err := x.token()
		if err != nil {
			if err == io.EOF && len(x.Path) > 0 {
				return nil, errors.New("the document ends within <" + x.Path[len(x.Path)-1].Name + ">")
			}
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if want(t.Name.Local, x.Path) {
				nodes := 0
				return x.element(t, line, &nodes)
			}
			x.Path = append(x.Path, &Element{Name: t.Name.Local, Attrs: t.Attr, Line: line})
		case xml.EndElement:
			x.Path = x.Path[:len(x.Path)-1]
		}
	}
}

// Root returns the whole document.
func (x *XML) Root() (*Element, error) {
	root, err := x.Next(func(string, []*Element) bool { return true })
	if err == io.EOF {
		return nil, errors.New("the document is empty")
	}
	if err != nil {
		return nil, err
	}
	if _, err := x.Next(func(string, []*Element) bool { return true }); err != io.EOF {
		return nil, errors.New("the document goes on after its root element")
	}
	return root, nil
}

// token returns the next one, refusing what must not be read.
func (x *XML) token() (xml.Token, error) {
	t, err := x.dec.Token()
	if err != nil {
		if s, ok := errors.AsType[*xml.SyntaxError](err); ok {
			return nil, errors.New(s.Msg)
		}
		return nil, err
	}
	switch t := t.(type) {
	case xml.Directive:
		if bytes.Contains(t, []byte("ENTITY")) {
			return nil, errors.New("declares a document type with entities of its own, which is not taken; write the characters out")
		}
	case xml.StartElement:
		if x.depth++; x.depth > maxDepth {
			return nil, fmt.Errorf("is nested more than %d elements deep", maxDepth)
		}
	case xml.EndElement:
		x.depth--
	}
	return t, nil
}

func (x *XML) element(start xml.StartElement, line int, nodes *int) (*Element, error) {
	e := &Element{Name: start.Name.Local, Attrs: start.Attr, Line: line}
	for {
		line := x.Line()
		t, err := x.token()
		if err == io.EOF {
			return nil, errors.New("the document ends within <" + e.Name + ">")
		}
		if err != nil {
			return nil, err
		}
		if *nodes++; *nodes > maxNodes {
			return nil, fmt.Errorf("has an element <%s> with more than %d parts", e.Name, maxNodes)
		}
		switch t := t.(type) {
		case xml.StartElement:
			child, err := x.element(t, line, nodes) // its attributes are its own
			if err != nil {
				return nil, err
			}
			e.Children = append(e.Children, child)
		case xml.CharData:
			e.Children = append(e.Children, &Element{Text: string(t), Line: line})
		case xml.EndElement:
			return e, nil
		}
	}
}
