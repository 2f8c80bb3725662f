package api_test

import (
	"bytes"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/servicetest"
)

// sentBy is what a browser sends of the form with the id, or of the form whose action ends
// so.
func sentBy(t *testing.T, page, form string) url.Values {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	attribute := func(n *html.Node, name string) (string, bool) {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val, true
			}
		}
		return "", false
	}
	sent, found := url.Values{}, false
	var walk func(n *html.Node, inside bool)
	walk = func(n *html.Node, inside bool) {
		if n.Data == "form" {
			id, _ := attribute(n, "id")
			action, _ := attribute(n, "action")
			inside = id == form || strings.HasSuffix(action, form)
			found = found || inside
		}
		name, named := attribute(n, "name")
		value, _ := attribute(n, "value")
		kind, _ := attribute(n, "type")
		_, checked := attribute(n, "checked")
		switch {
		case !inside || !named || n.Type != html.ElementNode:
		case n.Data == "input" && (kind != "checkbox" && kind != "radio" || checked):
			sent.Add(name, value)
		case n.Data == "textarea":
			sent.Set(name, "")
			if n.FirstChild != nil {
				sent.Set(name, n.FirstChild.Data)
			}
		case n.Data == "select":
			for o := n.FirstChild; o != nil; o = o.NextSibling {
				if _, chosen := attribute(o, "selected"); chosen {
					v, _ := attribute(o, "value")
					sent.Set(name, v)
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, inside)
		}
	}
	walk(root, false)
	if !found {
		t.Fatalf("no form %s on the page\n%s", form, text(page))
	}
	return sent
}

// sendFile sends a form with a file.
func (b *browser) sendFile(t *testing.T, path, name string, data []byte, fields url.Values) pageReply {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(data)
	}
	for key := range fields {
		err = errors.Join(err, form.WriteField(key, fields.Get(key)))
	}
	if err := errors.Join(err, form.Close()); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", b.base+path, &body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return b.send(t, req)
}

// TestTheEditorKeepsWhatItIsGiven opens items of the shipped bank, of every kind, in the
// editor and sends the form back as it is: no revision is made.
func TestTheEditorKeepsWhatItIsGiven(t *testing.T) {
	e := start(t)
	sample, err := e.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	held, err := e.Authoring.Open(t.Context(), "test", sample.Release)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := e.atDesk(t, auth.Author)
	bank, err := e.Exams.Bank(t.Context(), sample.Release)
	if err != nil {
		t.Fatal(err)
	}
	kinds, testlets, yes := map[exam.Kind]int{}, 0, false
	items := []exam.Item{bank.Revision(0).Item, bank.Revision(0).Item, bank.Revision(0).Item, bank.Revision(0).Item} // of the kinds that the bank does not have
	items[0].ID, items[0].Kind, items[0].Interaction = "extra-true", exam.TrueFalse, &exam.TrueOrFalse{True: &yes}
	items[1].ID, items[1].Kind, items[1].Interaction = "extra-words", exam.ShortText, &exam.Words{Accepted: []exam.Text{{"uk": "так", "en": "yes"}, {"en": "да", "uk": "ага"}}}
	items[2].ID, items[2].Kind, items[2].Scoring, items[2].Interaction = "extra-cloze", exam.Cloze, exam.AllOrNothing, threeGaps()
	shown := servicetest.Picture(t, drawn(t, 78))
	if err := e.Store().PutMedium(t.Context(), shown); err != nil {
		t.Fatal(err)
	}
	items[3].ID, items[3].Kind, items[3].Interaction = "extra-hotspot", exam.Hotspot, threeAreas(shown.Name)
	essay := bank.Revision(0).Item
	both := func(s string) exam.Text { return exam.Text{"uk": "укр " + s, "en": s} }
	essay.ID, essay.Kind, essay.Interaction = "extra-essay", exam.ExtendedText, &exam.Essay{MaxCharacters: 500, MaxWords: 80, Rubric: exam.Rubric{Tolerance: 1, Criteria: []exam.Criterion{
		{Title: both("Law"), Levels: []exam.RubricLevel{{Points: 0, Text: both("none")}, {Points: 2, Text: both("half")}, {Points: 5, Text: both("all")}}}, {Title: both("Words"), Levels: []exam.RubricLevel{{Points: 0, Text: both("bad")}, {Points: 1, Text: both("good")}}}}}}
	items = append(items, essay)
	for _, it := range items {
		if _, err := e.Authoring.Write(t.Context(), "test", held.ID, "", it); err != nil {
			t.Fatal(err)
		}
	}
	for i := range bank.Items() {
		items = append(items, bank.Revision(i).Item)
	}
	for _, it := range items {
		if kinds[it.Kind] > 1 && (it.Stimulus == "" || testlets > 0) {
			continue
		}
		kinds[it.Kind]++
		if it.Stimulus != "" {
			testlets++
		}
		at := "/workbench/writing/" + held.ID + "/items/" + it.ID
		before, err := e.Authoring.Entry(t.Context(), held.ID, it.ID)
		if err != nil {
			t.Fatal(err)
		}
		form := sentBy(t, b.get(t, at+"/edit").body, "editor")
		wantPage(t, "save "+it.ID+" as it is", b.post(t, at+"/edit", form), 200, "Saved.")
		after, err := e.Authoring.Entry(t.Context(), held.ID, it.ID)
		if err != nil {
			t.Fatal(err)
		}
		if after.Revision != before.Revision || after.State != before.State {
			changes, err := authoring.Diff(it, after.Content)
			t.Errorf("the editor changed %s (%s): %+v, %v", it.ID, it.Kind, changes, err)
		}
		learner := b.post(t, "/workbench/writing/"+held.ID+"/preview?part=1", form)
		if learner.status != 200 || strings.Contains(learner.body, "<html") || !strings.Contains(learner.body, `data-kind="`+string(it.Kind)) {
			t.Errorf("preview of %s: %d\n%s", it.ID, learner.status, learner.body)
		}
		if why := it.Rationale["uk"]; why != "" && strings.Contains(learner.body, why) {
			t.Errorf("the preview of %s shows the rationale", it.ID)
		}
	}
	if len(kinds) < 10 || testlets == 0 {
		t.Errorf("only kinds %v and %d items of testlets were tried", kinds, testlets)
	}
}

// TestABankFromNothing goes the whole way from an empty list of banks to an exam: a bank,
// items by hand and by file, a second person who approves, a release.
func TestABankFromNothing(t *testing.T) {
	e := start(t)
	b, admin := e.atDesk(t, auth.Administrator)
	r, reviewer := e.atDesk(t, auth.Reviewer)
	const at = "/workbench/writing/new-bank"
	wantPage(t, "no bank", b.get(t, "/workbench/writing"), 200, "no working copy yet")
	about := url.Values{"id": {"New Bank"}, "title_en": {"A new bank"}, "title_uk": {"Новий банк"}, "languages": {"uk, en"}}
	wantPage(t, "a bank with a bad id", b.post(t, "/workbench/writing", about), 422, "is not an id", "A new bank")
	about.Set("id", "new-bank")
	wantPage(t, "create a bank", b.post(t, "/workbench/writing", about), 200, "The bank was created")
	about.Set("version", "1")
	wantPage(t, "edit it", b.post(t, at+"/about", about), 200, "Saved.")
	wantPage(t, "edit it over another's", b.post(t, at+"/about", about), 409, "changed meanwhile")
	wantPage(t, "nothing to export", b.post(t, at+"/export", nil), 409, "nothing to export")

	// An item by hand: unfinished first, then seen, finished, stored.
	wantPage(t, "the kinds", b.get(t, at+"/new-item"), 200, "multiple choice", "short text")
	page := b.get(t, at+"/new-item?kind=single")
	form := sentBy(t, page.body, "editor")
	form.Set("id", "item-one")
	form.Set("/stem/uk", "Хто веде слідство?\r\n\r\nОберіть.")
	form.Set("/topic", "procedure")
	form.Set("/roles", "police, judge")
	form.Set("/interaction/options/0/text/uk", "слідчий")
	form.Set("/interaction/options/1/text/uk", "писар")
	form.Set("/interaction/key", "0")
	shown := b.post(t, at+"/preview", form)
	wantPage(t, "preview an unfinished item", shown, 200, "Хто веде слідство?", "the text in this language is missing", `id="f-stem-en-wrong"`, "писар")
	wantPage(t, "store it unfinished", b.post(t, at+"/items", form), 200, "Saved.", "To be mended before review")
	wantPage(t, "the id is taken", b.post(t, at+"/items", form), 200) // the same author, the same text: a repeat
	other := sentBy(t, page.body, "editor")
	other.Set("id", "item-one")
	wantPage(t, "another item of the same id", b.post(t, at+"/items", other), 409, "has this id")
	one := at + "/items/item-one"
	seen := sentBy(t, b.get(t, one).body, "/submit")
	wantPage(t, "submit it unfinished", b.post(t, one+"/submit", seen), 422, "not finished yet")

	form = sentBy(t, b.get(t, one+"/edit").body, "editor")
	old := formCopy(form)
	for name, value := range map[string]string{"/stem/en": "Who leads the investigation?", "/interaction/options/0/text/en": "the investigator", "/interaction/options/1/text/en": "the clerk"} {
		form.Set(name, value)
	}
	wantPage(t, "finish it", b.post(t, one+"/edit", form), 200, "Saved.")
	for name, value := range map[string]string{"/stem/en": "Somebody else’s words", "/interaction/options/0/text/en": "the investigator", "/interaction/options/1/text/en": "the clerk"} {
		old.Set(name, value)
	}
	conflict := b.post(t, one+"/edit", old)
	wantPage(t, "edit over another's work", conflict, 409, "Somebody changed this item", "is now: Who leads the investigation?", "Somebody else’s words")
	wantPage(t, "go on from there", b.post(t, one+"/edit", sentBy(t, conflict.body, "editor")), 200, "Saved.")

	seen = sentBy(t, b.get(t, one).body, "/submit")
	wantPage(t, "send to review", b.post(t, one+"/submit", seen), 200, "Sent to review.", "somebody else has to approve it")
	review := r.get(t, one)
	wantPage(t, "the review page", review, 200, "in review", "Somebody else’s words", "Approve", "Changes since the revision before", "<ins>")
	wantPage(t, "send back without a reason", r.post(t, one+"/return", url.Values{"seen": seen["seen"]}), 422, "Give a reason")
	wantPage(t, "comment", r.post(t, one+"/comments", url.Values{"comment": {"Who is the clerk?"}}), 200, "Your comment was added", "Who is the clerk?")
	wantPage(t, "send back", r.post(t, one+"/return", url.Values{"seen": seen["seen"], "reason": {"See my comment"}}), 200, "Sent back", "See my comment")
	form = sentBy(t, b.get(t, one+"/edit").body, "editor")
	form.Set("/interaction/options/1/text/en", "the registrar")
	wantPage(t, "mend it", b.post(t, one+"/edit", form), 200, "Saved.", "on an older revision")
	wantPage(t, "submit what was seen before", b.post(t, one+"/submit", seen), 409, "Somebody changed this item")
	wantPage(t, "submit again", b.post(t, one+"/submit", sentBy(t, b.get(t, one).body, "/submit")), 200, "Sent to review.")
	approval := sentBy(t, r.get(t, one).body, "/approve")

	// Nobody approves their own, whatever roles they have.
	if _, err := e.Authoring.Approve(t.Context(), admin.id, "new-bank", "item-one", approval.Get("seen")); err == nil {
		t.Error("the author approves")
	}
	wantPage(t, "approve", r.post(t, one+"/approve", approval), 200, "Approved.", "approved")
	wantPage(t, "the difference", b.get(t, one+"/changes"), 200, "<del>", "<ins>")
	wantPage(t, "tag it", b.post(t, one+"/tags", url.Values{"tags": {"Перше, easy"}}), 200, "Saved.", "easy, перше")

	e.importByPages(t, b, at)

	// Many at once: what is refused of one does not hold up the other.
	list := b.get(t, at+"?state=draft")
	marked := url.Values{"item": append(marks(t, list.body), "item-one "+approval.Get("seen"))}
	wantPage(t, "send many to review", b.post(t, at+"/submit", marked), 200, "Done with items: 2", "Not done:", "item-one")
	marked.Set("tags", "imported")
	wantPage(t, "tag many", b.post(t, at+"/tag", marked), 200, "Done with items: 3")
	wantPage(t, "none", b.post(t, at+"/submit", nil), 422, "No item is marked")
	wantPage(t, "approve many", r.post(t, at+"/approve", url.Values{"item": marks(t, r.get(t, at+"?state=in_review").body)}), 200, "Done with items: 2")
	wantPage(t, "search", r.get(t, at+"?q=REGISTR"), 200, "item-one")
	if found := r.get(t, at+"?q=registr+nothing&state=approved"); strings.Contains(found.body, "items/item-one") {
		t.Error("a word that the item does not have finds it")
	}
	wantPage(t, "by tag", r.get(t, at+"?tag=easy&kind=single&in=en"), 200, "items/item-one")

	// A case text needs a second person as well.
	text := url.Values{"id": {"case-one"}, "text/uk": {"Справа"}, "text/en": {"A case"}}
	wantPage(t, "write a case text", b.post(t, at+"/cases", text), 200, "Saved.", "A case", "You wrote this")
	wantPage(t, "write over it unseen", b.post(t, at+"/cases", text), 409, "changed this case text")
	wantPage(t, "approve the case", r.post(t, at+"/cases/case-one/approve", sentBy(t, r.get(t, at+"/cases").body, "/approve")), 200, "Approved.")

	// The release, and an exam from it.
	prospect := b.get(t, at+"/release")
	wantPage(t, "what would be released", prospect, 200, "not released yet", "Items", "<dd>3</dd>")
	wantPage(t, "release something else", b.post(t, at+"/release", url.Values{"hash": {"x"}}), 409, "changed meanwhile")
	wantPage(t, "release", b.post(t, at+"/release", sentBy(t, prospect.body, "/release")), 200, "The bank was released", "Nothing has changed since", "Make an exam")
	held, err := e.Authoring.Copy(t.Context(), "new-bank")
	if err != nil {
		t.Fatal(err)
	}
	released, err := e.Exams.Bank(t.Context(), held.Release)
	if err != nil || released.Items() != 3 {
		t.Fatalf("the release has %d items, %v", released.Items(), err)
	}
	wantPage(t, "make an exam", b.get(t, "/workbench/new-exam?release="+held.Release+"&role=police"), 200, "A new bank")
	wantPage(t, "statistics of the bank", b.post(t, "/workbench/banks/"+held.Release+"/statistics", nil), 200)
	wantPage(t, "open it again", b.post(t, "/workbench/banks/"+held.Release+"/open", nil), 409, "has a working copy already")

	wantPage(t, "retire without a reason", b.post(t, one+"/retire", nil), 422, "Give a reason")
	wantPage(t, "retire", b.post(t, one+"/retire", url.Values{"reason": {"The law changed"}}), 200, "The item was retired", "The law changed")
	wantPage(t, "what would go", b.get(t, at+"/release"), 200, "Gone", "<dd>1</dd>")
	wantPage(t, "restore", b.post(t, one+"/restore", url.Values{"reason": {"It changed back"}}), 200, "Restored as a draft")
	wantPage(t, "retire many", b.post(t, at+"/retire", url.Values{"item": {"item-one x"}, "reason": {"For good"}}), 200, "Done with items: 1")
	for _, row := range []struct {
		format, in string
		status     int
		both       bool
	}{{"moodle-xml", "", 200, true}, {"moodle-xml", "uk", 200, false}, {"proba", "uk", 422, false}, {"moodle-xml", "fr", 422, false}} {
		got := b.post(t, at+"/export", url.Values{"format": {row.format}, "in": {row.in}})
		if got.status != row.status || strings.Contains(got.body, "multilang") != row.both {
			t.Errorf("export as %s in %q: %d, both languages %v", row.format, row.in, got.status, strings.Contains(got.body, "multilang"))
		}
	}
	for _, format := range []string{"proba", "qti30", "qti22", "moodle-xml", "gift", "csv", "xlsx"} {
		for _, path := range []string{at + "/export", "/workbench/banks/" + held.Release + "/export"} {
			if got := b.post(t, path, url.Values{"format": {format}}); got.status != 200 || len(got.body) < 100 {
				t.Errorf("export %s as %s: %d, %d bytes", path, format, got.status, len(got.body))
			}
		}
	}
	sample, err := e.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	wantPage(t, "open a shipped release", b.post(t, "/workbench/banks/"+sample.Release+"/open", nil), 200, "opened as a working copy")
	e.everythingIsTakenDown(t, admin, reviewer)
	e.examine(t)
}

func formCopy(form url.Values) url.Values {
	all := url.Values{}
	for name := range form {
		all[name] = slices.Clone(form[name])
	}
	return all
}

// marks are the boxes of a list.
func marks(t *testing.T, page string) []string {
	t.Helper()
	var all []string
	for _, m := range strings.Split(page, `name="item" value="`)[1:] {
		value, _, _ := strings.Cut(m, `"`)
		all = append(all, value)
	}
	if len(all) == 0 {
		t.Fatalf("no item to mark\n%s", text(page))
	}
	return all
}

const giftFile = `// question: 1  name: item-two
::item-two::The appeal term is thirty days.{TRUE}

::item-three::Which court hears an appeal? {=the court of appeal ~the same judge}

::broken::Which? {=one
`

// importByPages takes two of three questions of a file in, after a look at the report.
func (e *env) importByPages(t *testing.T, b *browser, at string) {
	t.Helper()
	wantPage(t, "the import page", b.get(t, at+"/import"), 200, "Check the file", "Moodle XML")
	if empty := b.get(t, at+"/import/template"); empty.status != 200 || !strings.Contains(empty.body, "stem:uk,stem:en") || !strings.Contains(empty.body, "image description:uk") {
		t.Errorf("the template: %d %s", empty.status, empty.body)
	}
	wantPage(t, "no file", b.post(t, at+"/import", nil), 422, "Choose a file")
	wantPage(t, "a file that is none", b.sendFile(t, at+"/import", "x.bin", []byte{0, 1, 2}, nil), 422, "was not recognised")
	report := b.sendFile(t, at+"/import", "law.gift", []byte(giftFile), url.Values{"in": {"en"}})
	wantPage(t, "the report", report, 200, "law.gift", "broken", "refused", "<dt>New</dt><dd>2</dd>", "<dt>Refused</dt><dd>1</dd>", "The bank has not changed yet")
	if _, err := e.Authoring.Entry(t.Context(), "new-bank", "item-two"); err == nil {
		t.Error("checking a file took it in")
	}
	wantPage(t, "take it in", b.post(t, report.path, nil), 200, "taken in as drafts", "items/item-two", "items/item-three")
	wantPage(t, "take it in twice", b.post(t, report.path, nil), 200, "items/item-two")
	wantPage(t, "the report afterwards", b.get(t, report.path), 200, "Taken in")
	again := b.sendFile(t, at+"/import", "again.gift", []byte(giftFile), url.Values{"in": {"en"}})
	wantPage(t, "the same file again", again, 200, "<dt>Unchanged</dt><dd>2</dd>", "there is nothing to take in")
	if strings.Contains(again.body, "<button>Take in<") || strings.Contains(again.body, "The bank has not changed yet") {
		t.Error("a file that holds nothing new is offered to be taken in")
	}
	// A file that takes long shows how far it is, and can be stopped.
	slow, err := e.Authoring.BeginImport(t.Context(), "test", "new-bank", "slow.gift", "")
	if err != nil {
		t.Fatal(err)
	}
	tell := e.Authoring.Progress(slow.ID)
	if err := tell(t.Context(), 1234, 0); err != nil {
		t.Error(err)
	}
	wantPage(t, "how far it is", b.get(t, at+"/imports/"+slow.ID), 200, "slow.gift", "Questions found: 1234", "Stop reading", "<progress", "regrade.js")
	if part := b.get(t, at+"/imports/"+slow.ID+"?part=1"); part.status != 200 || strings.Contains(part.body, "<html") || !strings.Contains(part.body, "data-moving") {
		t.Errorf("the part that changes: %d %s", part.status, part.body)
	}
	wantPage(t, "take in what is not read", b.post(t, at+"/imports/"+slow.ID, nil), 409, "was not read to its end")
	wantPage(t, "stop it", b.post(t, at+"/imports/"+slow.ID+"/stop", nil), 200, "was stopped")
	if _, err := e.Authoring.FillImport(t.Context(), slow, authoring.Source{}); fault.Code(err) != "import.stopped" {
		t.Errorf("who reads on is told %v", err)
	}
	// A long file, which the server reads only for who may send one.
	long := giftFile + strings.Repeat("// a comment of the file\n", 60_000)
	same := b.sendFile(t, at+"/import", "law.gift", []byte(long), url.Values{"in": {"en"}, "format": {"gift"}})
	wantPage(t, "the same file again", same, 200, "<dt>New</dt><dd>0</dd>", "<dt>Unchanged</dt><dd>2</dd>")
	for _, id := range []string{"item-two", "item-three"} { // the other language by hand
		path := at + "/items/" + id
		form := sentBy(t, b.get(t, path+"/edit").body, "editor")
		form.Set("/stem/uk", "Питання "+id+"?")
		for n := range 2 {
			if form.Has("/interaction/options/0/text/uk") {
				form.Set(fmt.Sprintf("/interaction/options/%d/text/uk", n), fmt.Sprintf("варіант %d", n))
			}
		}
		if form.Get("/rationale/en") != "" {
			form.Set("/rationale/uk", "Бо так.")
		}
		wantPage(t, "translate "+id, b.post(t, path+"/edit", form), 200, "Saved.")
	}
}

// everythingIsTakenDown holds that every change by page stands in the audit log.
func (e *env) everythingIsTakenDown(t *testing.T, people ...*user) {
	t.Helper()
	changed := e.takenDown(t, people...)
	for _, route := range deskRoutes(t) {
		ours := strings.HasPrefix(route.Path, "/workbench/writing") || strings.HasPrefix(route.Path, "/workbench/banks")
		ours = ours && !strings.Contains(route.Path, "/media") // images have a test of their own
		if ours && route.Method == "POST" && !changed[route.Operation] && route.Operation != "previewItemDesk" {
			t.Errorf("%s was not taken down, or the test does not do it", route.Operation)
		}
	}
}

// takenDown are the operations of these people that stand in the audit log as done.
func (e *env) takenDown(t *testing.T, people ...*user) map[string]bool {
	t.Helper()
	done := map[string]bool{}
	for _, u := range people {
		for before := int64(0); ; {
			page, err := e.audit(t).Entries(t.Context(), audit.Filter{Actor: u.id}, before, 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range page {
				before = entry.Number
				if entry.Failed == "" {
					done[entry.Action] = true
				}
			}
			if len(page) < 100 {
				break
			}
		}
	}
	return done
}
