package qti

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// manifest is the file that lists a package's resources (IMS Content Packaging).
const manifest = "imsmanifest.xml"

// library is what items are read from: a package, or a single file.
type library struct {
	im   *interchange.Import
	name string               // of the package or file, for rows
	pkg  *interchange.Package // nil for a single file
	// ahead has items of the package before they are asked for, nil for none.
	ahead *interchange.Ahead
	// read are the files that have been, and open the section files that are being.
	read, open map[string]bool
	tags       map[string][]string           // by file, from the manifest
	items      map[string]*interchange.Draft // by identifier
	versions   map[string]bool
}

func newLibrary(im *interchange.Import, name string, pkg *interchange.Package) *library {
	return &library{im: im, name: name, pkg: pkg, read: make(map[string]bool), open: make(map[string]bool),
		tags: make(map[string][]string), items: make(map[string]*interchange.Draft), versions: make(map[string]bool)}
}

// Read takes in a package (a zip file) or a single XML file.
func Read(im *interchange.Import, name string, data []byte) {
	if !bytes.HasPrefix(data, []byte("PK")) {
		l := newLibrary(im, name, nil)
		l.document(name, data, "")
		l.format()
		return
	}
	p, err := interchange.OpenZip(data)
	if err != nil {
		im.Fail(name, 0, "package.broken", "%s", err)
		return
	}
	newLibrary(im, name, p).all()
}

// ReadFolder takes in a package that was unpacked.
func ReadFolder(im *interchange.Import, folder fs.FS) {
	p, err := interchange.OpenFolder(folder)
	if err != nil {
		im.Fail("", 0, "package.broken", "%s", err)
		return
	}
	newLibrary(im, "", p).all()
}

// format notes the version when there is one only.
func (l *library) format() {
	if len(l.versions) == 1 {
		for v := range l.versions {
			l.im.Format = "qti" + v
		}
	}
}

// place is how rows name a file of the package.
func (l *library) place(file string) string {
	if l.pkg == nil || l.name == "" {
		return file
	}
	return l.name + "/" + file
}

// resource is one of the manifest.
type resource struct{ kind, file string }

// all reads what the manifest lists: tests first, whose sections name topics, then
// the items that no test names. Without a list every XML file is looked at.
func (l *library) all() {
	defer l.format()
	var resources []resource
	if l.pkg.Has(manifest) {
		resources = l.manifest()
	}
	var items []string
	for _, r := range resources {
		if strings.HasPrefix(r.kind, "imsqti_item") && l.pkg.Has(r.file) {
			items = append(items, r.file)
		}
	}
	l.ahead = l.pkg.Ahead(items)
	defer l.ahead.Close()
	read := 0
	for _, kind := range []string{"imsqti_test", "imsqti_item", "imsqti_xmlv1"} {
		for _, r := range resources {
			if strings.HasPrefix(r.kind, kind) {
				l.file(r.file, "")
				read++
			}
		}
	}
	if read > 0 {
		return
	}
	for _, name := range l.pkg.Names() {
		if ext := path.Ext(name); name != manifest && (ext == ".xml" || ext == ".qti") {
			l.file(name, "")
		}
	}
}

// manifest lists the resources and their keywords.
func (l *library) manifest() []resource {
	data, err := l.pkg.Read(manifest)
	if err != nil {
		l.im.Fail(l.place(manifest), 0, "package.broken", "%s", err)
		return nil
	}
	text, ok := l.im.Decode(l.place(manifest), data, "")
	if !ok {
		return nil
	}
	var all []resource
	x := interchange.NewXML(text)
	for {
		e, err := x.Next(func(name string, path []*interchange.Element) bool { return name == "resource" && len(path) == 2 })
		if err == io.EOF {
			return all
		}
		if err != nil {
			l.im.Fail(l.place(manifest), x.Line(), "xml.broken", "%s", err)
			return all
		}
		href := e.Attr("href")
		if href == "" {
			href = e.Child("file").Attr("href")
		}
		if !strings.HasPrefix(e.Attr("type"), "imsqti") {
			continue
		}
		name, err := interchange.Resolve(manifest, href)
		if err != nil {
			l.im.Fail(l.place(manifest), e.Line, "qti.external", "the resource %q %s", e.Attr("identifier"), err)
			continue
		}
		for _, k := range e.Child("metadata").Find("keyword") {
			if tag := strings.TrimSpace(k.Content()); tag != "" {
				l.tags[name] = append(l.tags[name], tag)
			}
		}
		all = append(all, resource{e.Attr("type"), name})
	}
}

// file reads a file of the package once.
func (l *library) file(name, category string) {
	if l.read[name] || l.im.Stopped() {
		return
	}
	l.read[name] = true
	if root := l.ahead.Take(name); root != nil && root.Name != "questestinterop" {
		l.root(name, root, category)
		return
	}
	data, err := l.pkg.Read(name)
	if err != nil {
		l.im.Fail(l.place(name), 0, "package.broken", "%s", err)
		return
	}
	l.document(name, data, category)
}

// element reads another file of the package whole, in names of QTI 2.2.
func (l *library) element(name string) (*interchange.Element, bool) {
	data, err := l.pkg.Read(name)
	if err != nil {
		l.im.Fail(l.place(name), 0, "package.broken", "%s", err)
		return nil, false
	}
	text, ok := l.im.Decode(l.place(name), data, "")
	if !ok {
		return nil, false
	}
	x := interchange.NewXML(text)
	root, err := x.Root()
	if err != nil {
		l.im.Fail(l.place(name), x.Line(), "xml.broken", "%s", err)
		return nil, false
	}
	return older(root), true
}

// document reads an XML file with items.
func (l *library) document(name string, data []byte, category string) {
	text, ok := l.im.Decode(l.place(name), data, "")
	if !ok {
		return
	}
	if bytes.Contains(text[:min(len(text), 4<<10)], []byte("<questestinterop")) {
		l.versions["1.2"] = true
		l.version1(name, text)
		return
	}
	x := interchange.NewXML(text)
	root, err := x.Root()
	if err != nil {
		l.im.Fail(l.place(name), x.Line(), "xml.broken", "%s", err)
		return
	}
	l.root(name, root, category)
}

// root takes in what the root element of a file holds.
func (l *library) root(name string, root *interchange.Element, category string) {
	l.noteVersion(root)
	switch older(root).Name {
	case "assessmentItem":
		l.one(name, root, category)
	case "assessmentTest":
		l.test(name, root)
	case "assessmentSection":
		l.section(name, root, "", 0)
	case "manifest":
		l.im.Fail(l.place(name), 1, "qti.manifest", "is the list of a package without its files; name the package's zip file or folder")
	default:
		if l.pkg == nil {
			l.im.Fail(l.place(name), 1, "qti.unknown", "begins with <%s>, which is no item, test or package of QTI", root.Name)
		}
	}
}

func (l *library) noteVersion(root *interchange.Element) {
	space := root.Attr("xmlns")
	for mark, version := range map[string]string{"v3p0": "3.0", "v2p2": "2.2", "v2p1": "2.1", "v2p0": "2.0"} {
		if strings.Contains(space, mark) {
			l.versions[version] = true
		}
	}
}

// one reads an assessmentItem. When its identifier is that of an earlier item with
// its language behind a point, it is a translation of that item.
func (l *library) one(name string, e *interchange.Element, category string) {
	id, lang := strings.TrimPrefix(e.Attr("identifier"), digitMark), language(e)
	if base, ok := l.items[strings.TrimSuffix(id, "."+lang)]; ok && lang != "" && strings.HasSuffix(id, "."+lang) {
		d := l.im.Aside(l.place(name), e.Line, id)
		l.item(d, name, e)
		if !d.Refused() && !base.Refused() && !translate(&base.Item, &d.Item) {
			d.Lose("qti.translation", "does not fit the item %q that it translates and is left out", base.Item.ID)
		}
		return
	}
	title := e.Attr("title")
	d := l.im.Draft(l.place(name), e.Line, title)
	if d.Identify(id); d.Item.ID == "" && title != "" {
		d.Name = title
	}
	d.Category, d.Tags = category, l.tags[name]
	l.item(d, name, e)
	l.im.Add(d)
	if _, twice := l.items[id]; !twice {
		l.items[id] = d
	}
}

// stimulus reads the case text that an item refers to.
func (r *reader) stimulus() {
	for _, ref := range r.item.All("assessmentStimulusRef") {
		name, err := interchange.Resolve(r.file, ref.Attr("href"))
		if err == nil && r.pkg.pkg == nil {
			r.d.Refuse("qti.stimulus", "its case text is in another file; read the whole package")
			return
		}
		if err != nil {
			r.d.Refuse("qti.external", "%s", err)
			return
		}
		e, ok := r.pkg.element(name)
		if !ok || e.Child("stimulusBody") == nil {
			r.d.Refuse("qti.stimulus", "its case text %q cannot be read", name)
			return
		}
		lang := language(e)
		id := strings.TrimSuffix(strings.TrimPrefix(e.Attr("identifier"), digitMark), "."+lang)
		r.pkg.images(r.d, name)
		text := r.d.HTML(e.Child("stimulusBody").HTML(r.replace))
		r.pkg.images(r.d, r.file)
		if s, ok := text[interchange.Unnamed]; ok && lang != "" {
			text = exam.Text{lang: s}
		}
		r.belongs(id, text)
	}
}

// belongs makes a case text the item's. An item has one.
func (r *reader) belongs(id string, text exam.Text) {
	if id = interchange.Slug(id); len(id) < 3 {
		id = "case-" + id
	}
	if r.d.Item.Stimulus != "" && r.d.Item.Stimulus != id {
		r.d.Refuse("qti.stimulus", "has several case texts; here an item has one")
		return
	}
	r.d.Item.Stimulus = id
	r.pkg.im.AddStimulus(id, text)
}

// shared reads a text that an item includes from another file of the package: it is
// a case text. Other objects are left to the reader of HTML, which refuses them.
func (l *library) shared(r *reader, c *interchange.Element) (string, bool) {
	href := c.Attr("data")
	if c.Name == "include" {
		href = c.Attr("href")
	} else if !strings.HasPrefix(c.Attr("type"), "text/html") && !strings.Contains(c.Attr("type"), "xhtml") {
		return "", false
	}
	name, err := interchange.Resolve(r.file, href)
	if err != nil {
		r.d.Refuse("qti.external", "%s", err)
		return "", true
	}
	if l.pkg == nil {
		r.d.Refuse("qti.stimulus", "a part of its text is in another file; read the whole package")
		return "", true
	}
	data, err := l.pkg.Read(name)
	if err != nil {
		r.d.Refuse("qti.stimulus", "a part of its text cannot be read: the package %s", err)
		return "", true
	}
	text, ok := l.im.Decode(l.place(name), data, "")
	if !ok {
		r.d.Refuse("qti.stimulus", "a part of its text, %q, cannot be read", name)
		return "", true
	}
	l.images(r.d, name)
	shown := r.in(r.d.HTML(string(text)))
	l.images(r.d, r.file)
	r.belongs(strings.TrimSuffix(path.Base(name), path.Ext(name)), shown)
	return "", true
}

// images lets the images of the texts of a file be those of its package.
func (l *library) images(d *interchange.Draft, file string) {
	d.Media = func(src string) ([]byte, error) {
		if plain, err := url.PathUnescape(src); err == nil {
			src = plain
		}
		name, err := interchange.Resolve(file, src)
		if err != nil {
			return nil, err
		}
		if l.pkg == nil {
			return nil, errors.New("it is in another file; read the whole package")
		}
		return l.pkg.Read(name)
	}
}
