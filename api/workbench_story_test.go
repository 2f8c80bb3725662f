package api

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/audit"
)

var storyTime = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)

// storybook is every page of the workbench with canned data, by the name of its
// template: full lists, faults, all roles' permissions.
var storybook = []func(*pages, deskView) map[string]any{stories, regradeStories, writingStories, statisticsStories, bankStatisticsStories, panelStories, templateStories, markingStories}

// parts are the templates that are only parts of others.
var parts = []string{"frame", "blueprint", "writing_parts", "statistics_parts", "statistics_times", "bank_statistics_parts"}

// stories are those of the desk: sittings, people, results, exams, banks to read.
func stories(p *pages, v deskView) map[string]any {
	text := exam.Text{"uk": "Назва <b>", "en": "Title <b>"}
	s := exam.Sitting{ID: "lviv", Version: 3, Exam: "police", Title: text, Region: "Львівська", Organisation: "Академія", Cohort: "1", Opens: storyTime, Closes: storyTime.Add(time.Hour)}
	tally := exam.Tally{States: map[exam.State]int{exam.Running: 2, exam.Released: 3}, Graded: 3, Passed: 2, Score: 20_000, Max: 30_000}
	row := sittingRow{s, "open", tally}
	person := auth.Person{ID: "p1", Name: "Олена <i>", Email: "o@proba.test", Roles: auth.Roles(), Language: "uk", Region: "Львівська", Organisation: "Академія", PasswordHash: "x", CreatedAt: storyTime}
	closed, invited := person, person
	closed.Disabled, invited.PasswordHash = true, ""
	result := &exam.Result{Score: 20_000, Max: 30_000, Cut: 21_000, Sections: []exam.SectionResult{{Section: "law", Score: 20_000, Max: 30_000}}}
	attempt := exam.Attempt{ID: "a1", Sitting: "lviv", Person: "p1", Number: 1, State: exam.Running, Lang: "uk", StartedAt: storyTime, Deadline: storyTime.Add(time.Hour), SavedAt: storyTime,
		Extensions: []exam.Extension{{Seconds: 600, Reason: "no light"}}, Events: []exam.Event{{At: storyTime, What: "extended", By: "p1", Reason: "no light"}}}
	done := attempt
	done.State, done.Result, done.FinishedAt, done.CertificateID = exam.Released, result, storyTime, "ABCDEFGHIJKLMNOP"
	e := exam.Exam{ID: "police", Version: 2, State: exam.ExamDraft, Title: text, Programme: "prog", Release: strings.Repeat("a", 64), PublishedAt: storyTime,
		Blueprint: exam.Blueprint{Role: "police", Cut: 6650, Testlets: 1, Sections: []exam.Section{{ID: "law", Title: text}}, Cells: []exam.Cell{{Section: "law", Topics: []string{"t1", "t2"}, Levels: []string{"apply"}, Kinds: []exam.Kind{exam.Single}, Count: 3}},
			Gates: []exam.Gate{{ID: "safe", Title: text, Sections: []string{"law"}, Minimum: 6000}}},
		Policy: exam.Policy{Languages: []string{"uk"}, TimeLimit: 1800, Grace: 60, Attempts: 2, RetakeDelay: 86400, Review: exam.Review{Show: exam.ShowScore, When: exam.AtOnce}, Certificate: exam.CertificatePolicy{Issue: true, ValidDays: 365, ShowScore: true}}}
	release := exam.Release{Hash: strings.Repeat("a", 64), Bank: "bank", Title: text, Languages: []string{"uk", "en"}, CreatedAt: storyTime}
	published := e
	published.State = exam.ExamPublished
	feasible := &exam.Feasibility{DistinctForms: 12.3, MeanOverlap: .2, MaxOverlap: .5, Drawn: 200}
	known := terms{[]string{"t1"}, []string{"single"}, exam.Levels(), []string{"pre-trial"}, []string{"basic"}, []string{"police"}}
	page := examPage{deskView: v, E: e, Cells: []cellRow{{Cell: e.Blueprint.Cells[0], Number: 1, Available: 2, Short: true}}, Levels: exam.Levels(), Terms: known, Bank: release, Releases: []exam.Release{release}, Check: feasible, Unmarked: true,
		Stocks: []exam.Stock{{Topic: "t1", Stage: "pre-trial", Counts: []int{0, 1, 2, 0, 0}, Cells: []int{-1, -1, 0, -1, -1}}}}
	yes := true
	revision := exam.Revision{Hash: strings.Repeat("b", 64), Item: exam.Item{ID: "core-1", Kind: exam.TrueFalse, Topic: "t1", Stage: "pre-trial", Level: "apply", Difficulty: exam.Basic, Stimulus: "case-1", Enemies: []string{"core-2"},
		References: []exam.Reference{{Fact: "F1", Source: "Law"}}, Roles: []string{"police"}, Stem: text, Interaction: &exam.TrueOrFalse{True: &yes}}}
	var shown []shownItem
	for _, item := range []struct {
		v exam.View
		k exam.Response
	}{
		{exam.View{Kind: exam.Single, Stem: "**Which**?", Options: []string{"one", "two"}}, exam.Response{Choices: []int{1}}},
		{exam.View{Kind: exam.Matching, Rows: []string{"r"}, Options: []string{"c"}}, exam.Response{Pairs: []int{0}}},
		{exam.View{Kind: exam.Ordering, Options: []string{"b", "a"}}, exam.Response{Order: []int{1, 0}}},
		{exam.View{Kind: exam.Numeric, Unit: "days"}, exam.Response{Text: "55"}},
		{exam.View{Kind: exam.TrueFalse, Stem: "So?"}, exam.Response{Choices: []int{1}}},
		{exam.View{Kind: exam.Hotspot, Stem: "Where?", Image: "![A <desk>](" + strings.Repeat("a", 64) + "-64x48.png)", Options: []string{"<b>", "c", "d"}, Areas: []exam.Shape{{Outline: exam.Circle, Coords: []int{9, 9, 5}}, {Outline: exam.Rectangle, Coords: []int{20, 20, 40, 40}}, {Outline: exam.Polygon, Coords: []int{1, 1, 5, 1, 5, 5}}}}, exam.Response{Choices: []int{1}}},
		{exam.View{Kind: exam.Cloze, Stem: "Fill.", Passage: "A [[2]] **b [[1]]** [[3]]", Gaps: []exam.GapView{{Options: []string{"<i>", "*y*"}}, {}, {Numeric: true}}}, exam.Response{Gaps: []string{"0", "word", "1.5"}}},
	} {
		x := p.shownItem(item.v, "A case", item.k, v.Lang)
		x.Answered, x.Given, x.Rationale, x.Item = true, answerLines(x.View, item.k), "Because", "core-1"
		shown = append(shown, x)
	}
	certificate := certificateRow{certs.Certificate{ID: "ABCDEFGHIJKLMNOP", Person: "p1", Attempt: "a1", State: certs.Valid, Events: []certs.Event{{At: storyTime, State: certs.Valid, By: "p1"}},
		Statement: certs.Statement{Name: "Олена", Title: "Іспит", Issuer: "Видавець", IssuedAt: storyTime, ExpiresAt: storyTime.AddDate(1, 0, 0)}}, certs.Valid}
	form := sittingForm{deskView: v, S: s, Exams: []exam.Exam{published}, New: true}
	edit := form
	edit.New = false
	held := attempt
	held.Pauses, held.HeardAt = []exam.Pause{{Order: "o", At: storyTime, By: "p1", Reason: "no light"}}, storyTime.Add(time.Minute)
	s.AccessCode, s.Pauses = exam.AccessRotating, held.Pauses
	absent := roomPage{deskView: v, S: s, Attendance: exam.Attendance{Entitled: 9, Begun: 5}, State: notBegun, Absent: []absentRow{{exam.Entitlement{Person: "p1", ExtraTime: 25}, "Олена <i>"}}, Next: "p9", At: storyTime}
	room := roomPage{deskView: v, S: s, Tally: tally, Attendance: absent.Attendance, State: exam.Running, Rows: []roomRow{newRoomRow(attempt, "Олена", storyTime.Add(6*time.Minute)), newRoomRow(held, "Іван", storyTime.Add(20*time.Minute)), newRoomRow(done, "Марко", storyTime)}, Next: "a9", At: storyTime, Order: "o"}
	return map[string]any{
		"desk":         deskHome{deskView: v, Running: []sittingRow{row}, Name: "Олена", Waiting: []waitingRow{{"/workbench/writing", "items", "", 3, false}, {"/workbench/exams/e/marking", "responses", "Exam <b>", exam.MaxWaiting, true}}, Awaits: true},
		"trouble":      deskProblem{v, "REQUEST"},
		"sittings":     sittingsPage{v, []sittingRow{row}, "lviv"},
		"sitting_form": form,
		"sitting":      sittingPage{edit, row, published},
		"learners":     learnersPage{deskView: v, S: s, Next: "p9", One: learnerRow{Language: "uk"}, Rows: []entitledRow{{exam.Entitlement{Person: "p1", ExtraTime: 25}, person}, {exam.Entitlement{Person: "p2"}, closed}, {exam.Entitlement{Person: "p3"}, invited}}},
		"list":         listPage{deskView: v, S: s, Encoding: "utf-8", Text: "email,name\n", New: 1, Wrong: 2, General: []fieldFault{{"line 1", "bad"}}, Rows: []listRow{{learnerRow{Email: "o@proba.test"}, 2, true, nil}, {learnerRow{}, 3, false, nil}, {learnerRow{}, 4, false, []fieldFault{{"email", "bad"}}}}},
		"invited":      invitedPage{v, "lviv", []enrolment{{Person: person, ExtraTime: 25, Link: "http://x/enter#t"}, {Person: person}}, 1, "a\tb\n"},
		"room":         room,
		"room_part":    absent,
		"code":         codePage{v, s, exam.AccessCode{Mode: exam.AccessRotating, Code: "123456", Made: true, Until: storyTime, TakenUntil: storyTime}},
		"attempt_desk": attemptDesk{deskView: v, Row: newRoomRow(done, "Олена", storyTime), Exam: e, Cut: newBar("all", 2, 3, 3), Bars: []barView{newBar("law", 2, 3, 1)}, CanExtend: true, CanVoid: true, CanRelease: true, By: map[string]string{"p1": "Олена"}},
		"results":      resultsPage{v, s, tally, []resultRow{{done, person, newBar("", 2, 3, 3)}, {attempt, person, barView{}}}, "a9"},
		"regions":      regionsPage{v, []exam.Exam{e}, "police", "region", []group{{"Київська", 2, exam.Tally{States: map[exam.State]int{exam.Released: 40}, Graded: 40, Passed: 30, Score: 300_000, Max: 400_000}}, {"Львівська", 2, tally}, {"", 1, exam.Tally{}}}, group{Sittings: 1}, minShown, true},
		"people":       peoplePage{v, []auth.Person{person, closed, invited}, "p9", "", auth.Registration{Roles: []auth.Role{auth.Author}}, auth.Roles()},
		"person":       personPage{deskView: v, P: person, Roles: auth.Roles(), Link: "http://x/enter#t", Offers: []exam.Offer{{Sitting: s, Entitlement: exam.Entitlement{ExtraTime: 25}, Attempts: []exam.Attempt{done}}}, Certificates: []certs.Certificate{certificate.Certificate}},
		"certificates": certificatesPage{deskView: v, Rows: []certificateRow{certificate}, Next: "ABC", Sought: "q", State: certs.Expired, States: certs.States(), Exams: []exam.Exam{e}},
		"certificate":  certificatePage{deskView: v, Row: certificate, Name: "Олена", Act: "reissue", By: map[string]string{"p1": "Олена"}, At: storyTime, Files: certs.Files()},
		"audit":        auditPage{deskView: v, Next: 7, Actions: []string{"voidAttemptDesk"}, Rows: []auditRow{{audit.Entry{Number: 8, At: storyTime, Hash: strings.Repeat("c", 64), Act: audit.Act{Actor: "p1", Action: "voidAttemptDesk", Object: "attempts/a1", Note: "n", Failed: "attempt.voided"}}, "Олена", "/workbench/attempts/a1"}}},
		"exams":        examsPage{v, []exam.Exam{e, published}, "x"},
		"exam_start":   page,
		"exam_form":    page,
		"exam":         page,
		"sheet":        sheetPage{deskView: v, Exam: e, Form: exam.Form{Seed: "00", Release: release.Hash}, Shown: shown, Replay: &exam.Replay{Attempt: done}, Differs: "the seed gives another form", Learner: "Олена", Langs: []string{"uk", "en"}, In: "uk"},
		"banks":        banksPage{v, []exam.Release{release}, "x"},
		"bank":         bankPage{deskView: v, Release: release, Items: 1, Terms: known, Rows: []itemRow{{revision, 0, statistics.Noted{Exam: "e", Line: statistics.Line{Item: "i", N: 40, Flags: []ctt.Flag{ctt.MisKey}}}}}, Flags: []ctt.Flag{ctt.MisKey}, Asked: true, Found: 1, Next: 0, Filter: itemFilter{Topic: "t1"}},
		"item":         itemPage{deskView: v, Release: release, R: revision, Sides: shown, Previous: "/p", Next: "/n"},
	}
}

// storyView is a frame in the language with every permission.
func storyView(p *pages, lang string) deskView {
	v := deskView{view: view{Lang: lang, Other: "en", Title: "Title", T: p.words[lang], Fault: "Fault"}, Here: "?lang=en", Done: "Done", Faults: []fieldFault{{"place", "message"}}, May: map[string]bool{}}
	for _, permission := range auth.Permissions() {
		v.May[string(permission)] = true
	}
	for _, s := range sections {
		v.Nav = append(v.Nav, navItem{s.path, v.T[s.title], s.title == "wSittings"})
	}
	return v
}

var (
	labelled = regexp.MustCompile(`<(?:input|select|textarea)\b[^>]*>`)
	idsOf    = regexp.MustCompile(` id="([^"]+)"`)
)

// TestEveryPageOfTheWorkbenchInBothLanguages renders each with canned data and looks at
// what every page must have: a title, one heading, labelled fields, ids given once, text
// that is escaped, nothing inline that the security policy forbids.
func TestEveryPageOfTheWorkbenchInBothLanguages(t *testing.T) {
	p, err := loadPages(time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	templates, err := fs.Glob(files, "web/workbench/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range pageLanguages {
		told := map[string]any{}
		for _, tell := range storybook {
			maps.Copy(told, tell(p, storyView(p, lang)))
		}
		for _, file := range templates {
			name := strings.TrimSuffix(path.Base(file), ".html")
			if slices.Contains(parts, name) {
				continue
			}
			data, ok := told[name]
			if !ok {
				t.Errorf("no story tells of the page %s", name)
				continue
			}
			var b bytes.Buffer
			if err := p.workbench.ExecuteTemplate(&b, name+".html", data); err != nil {
				t.Errorf("%s in %s: %v", name, lang, err)
				continue
			}
			checkStory(t, name+" in "+lang, b.String(), strings.HasSuffix(name, "_part"))
			if name == "sheet" && strings.Count(b.String(), p.words[lang]["wFalse"]) != 2 { // as key and as answer
				t.Errorf("%s does not say what is right of a true or false item", name)
			}
		}
	}
}

func checkStory(t *testing.T, what, page string, part bool) {
	t.Helper()
	for _, never := range []string{"<no value>", "<nil>", "%!", " style=", " onclick=", "<script>", "Назва <b>", "Title <b>", "Олена <i>", "ZgotmplZ"} {
		if strings.Contains(page, never) {
			t.Errorf("%s holds %q", what, never)
		}
	}
	if n := strings.Count(page, "<h1"); n != 1 && !part {
		t.Errorf("%s has %d main headings", what, n)
	}
	given := map[string]bool{}
	for _, m := range idsOf.FindAllStringSubmatch(page, -1) {
		if given[m[1]] {
			t.Errorf("%s gives the id %s twice", what, m[1])
		}
		given[m[1]] = true
	}
	for _, f := range labelled.FindAllString(page, -1) {
		if strings.Contains(f, `type="hidden"`) || strings.Contains(f, "aria-label=") || strings.Contains(f, `type="checkbox"`) ||
			strings.Contains(f, `name="choice"`) { // the learners' template has its labels around them
			continue
		}
		id := idsOf.FindStringSubmatch(f)
		if id == nil || !strings.Contains(page, `for="`+id[1]+`"`) {
			t.Errorf("%s has a field without a label: %s", what, f)
		}
	}
}

// TestTheCataloguesOfTheWorkbench holds that both languages say the same things, that
// templates and code ask for nothing that is not said, and that nothing is said in vain.
func TestTheCataloguesOfTheWorkbench(t *testing.T) {
	p, err := loadPages(time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for key := range p.words["uk"] {
		// What a service says in English needs words in the other languages only.
		if _, ok := p.words["en"][key]; !ok && !strings.HasPrefix(key, "said_") {
			t.Errorf("English lacks %q", key)
		}
	}
	for key := range p.words["en"] {
		if _, ok := p.words["uk"][key]; !ok {
			t.Errorf("Ukrainian lacks %q", key)
		}
	}
	templates, err := fs.Glob(files, "web/workbench/*.html")
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	for _, file := range templates {
		data, err := fs.ReadFile(files, file)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(data)
		for _, m := range regexp.MustCompile(`(?:\.T|\$t)\.(\w+)`).FindAllStringSubmatch(string(data), -1) {
			if _, ok := p.words["en"][m[1]]; !ok {
				t.Errorf("%s asks for %q, which no catalogue has", file, m[1])
			}
		}
	}
	sources := os.DirFS(".")
	code, err := fs.Glob(sources, "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range code {
		data, err := fs.ReadFile(sources, file)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(data)
	}
	for key := range p.words["en"] {
		if len(key) > 1 && key[0] == 'w' && key[1] >= 'A' && key[1] <= 'Z' && !strings.Contains(source.String(), "."+key) && !strings.Contains(source.String(), `"`+key+`"`) {
			t.Errorf("nothing asks for %q", key)
		}
	}
	for _, s := range (&server{}).routes() {
		if s.method == "POST" && atWorkbenchPath(s.path) {
			if _, ok := p.words["en"]["act_"+s.operation]; !ok {
				t.Errorf("the audit log has no words for %s", s.operation)
			}
		}
	}
}

// TestWhatAServiceSaysIsTranslated checks the messages with what varies in them.
func TestWhatAServiceSaysIsTranslated(t *testing.T) {
	p, err := loadPages(time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	v := deskView{view: view{Lang: "uk", T: p.words["uk"]}}
	for message, want := range map[string]string{
		"must be 0 to 300 percent": "має бути від 0 до 300 відсотків",
		"asks for 25 items, the bank holds 3; write more items, widen the cell or lower the count": "запитано 25, банк має 3; допишіть завдання, розширте комірку або зменште число",
		`"X" is not an id: use 3 to 64 small letters, digits and hyphens`:                          `"X" не підходить: потрібно 3–64 малі латинські літери, цифри й дефіси`,
		"is 9; a number of attempts is 1 to 20":                                                    "9; дозволено від 1 до 20",
		"nobody has translated this":                                                               "nobody has translated this",
	} {
		if got := v.said(message); got != want {
			t.Errorf("%q is said %q, want %q", message, got, want)
		}
	}
	if got, want := v.place("/blueprint/cells/2/count"), "план комірка 3 кількість"; got != want {
		t.Errorf("place %q, want %q", got, want)
	}
}

func TestNoCellIsAFormula(t *testing.T) {
	for cell, want := range map[string]string{"": "", "Олена": "Олена", "12,5": "12,5", "=1+1": "'=1+1", "+380": "'+380", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1",
		" =1": "' =1", "\u00a0=1": "'\u00a0=1", "＝1": "'＝1", "a=b": "a=b", "\n-2": "'\n-2"} {
		if got := noFormula(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}
