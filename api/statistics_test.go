package api_test

import (
	"encoding/csv"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/proctest"
	"github.com/proba-exam/proba/internal/simulate"
)

// TestStatisticsByPages goes from an exam that nobody has analysed to its report, its
// tables and what authors take away; nothing of it names a learner.
func TestStatisticsByPages(t *testing.T) {
	e := start(t)
	b, _ := e.atDesk(t, auth.Author)
	base := "/workbench/exams/" + sitting + "/statistics"
	wantPage(t, "exam", b.get(t, "/workbench/exams/"+sitting), 200, base)
	wantPage(t, "nobody has asked", b.get(t, base), 200, "Nobody has asked for statistics", "Compute")
	wantPage(t, "an item that has none", b.get(t, base+"/items/core-1"), 404, "too few people answered")
	wantPage(t, "a table that there is not", b.get(t, base+"/tables/items"), 404)
	wantPage(t, "an export of nothing", b.post(t, base+"/export", url.Values{"format": {"json"}}), 404)
	wantPage(t, "no such exam", b.get(t, "/workbench/exams/no-such-exam/statistics"), 404)

	const people = 90 // so many that most items are asked of 30
	attempts, err := simulate.Sit(t.Context(), simulate.Crowd{Exams: e.Exams, Sittings: []string{sitting}, People: people, Mean: 1, Seed: 3, Hasty: .3, Pass: e.Clock.Forward})
	if err != nil {
		t.Fatal(err)
	}
	a, err := e.Exams.Attempt(t.Context(), attempts[0])
	if err != nil {
		t.Fatal(err)
	}
	slot, item := listed(a.Form)
	if err := e.Exams.Report(t.Context(), a.Person, a.ID, slot, exam.Outdated, "=HYPERLINK(law)"); err != nil {
		t.Fatal(err)
	}
	wantPage(t, "asked", b.post(t, base, url.Values{}), 200, "The statistics are being computed")
	proctest.WaitFor(t, "the statistics are computed", func() bool {
		j, err := e.Statistics.Job(t.Context(), sitting)
		return err == nil && j.State == statistics.Ready
	})
	page := b.get(t, base)
	wantPage(t, "report", page, 200, "Facility and discrimination", "<svg", "Where the exam measures well", "How equal the forms were", base+"/items/"+item, "It is out of date", "Attempts analysed</dt><dd>90")
	wantPage(t, "what moves", b.get(t, base+"?part=1"), 200, "Show these figures")
	one := b.get(t, base+"/items/"+item)
	wantPage(t, "item", one, 200, "Left empty", "=HYPERLINK(law)", "In the bank")
	wantPage(t, "no format", b.post(t, base+"/export", url.Values{"format": {"exe"}}), 422)

	table := b.get(t, base+"/tables/items")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(table.body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 30 || len(rows[1]) != 5 || strings.Contains(table.body, "'-") {
		t.Errorf("the table of items has %d rows, %v: %q", len(rows), err, table.body[:min(200, len(table.body))])
	}
	wantPage(t, "times", page, 200, "Answers given too fast", "proves nothing", "Who works on paper", "Answers with a known time", base+"/tables/times")
	if strings.Contains(page.body, "/statistics/effort") {
		t.Error("who may not see results is sent to the people who answered too fast")
	}
	times, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.get(t, base+"/tables/times").body, "\ufeff"))).ReadAll()
	if err != nil || len(times) != len(rows) || len(times[1]) != 9 || times[0][2] != "Median, s" {
		t.Errorf("the table of times has %d rows, %v", len(times), err)
	}
	var taken struct {
		Counts statistics.Counts
		Items  []statistics.ItemResult
		Voices statistics.Voices
	}
	asJSON := b.post(t, base+"/export", url.Values{"format": {"json"}})
	if err := json.Unmarshal([]byte(asJSON.body), &taken); err != nil || taken.Counts.Counted != people || len(taken.Items) != len(rows)-1 || len(taken.Voices.Reports) != 1 {
		t.Errorf("export: %v, %+v, %d items", err, taken.Counts, len(taken.Items))
	}
	asXLSX := b.post(t, base+"/export", url.Values{"format": {"xlsx"}})
	book, err := excelize.OpenReader(strings.NewReader(asXLSX.body))
	if err != nil || len(book.GetSheetList()) != 3 {
		t.Fatalf("workbook: %v", err)
	}
	if formula, err := book.GetCellFormula("Items", "M2"); err != nil || formula != "" {
		t.Errorf("a comment became the formula %q, %v", formula, err)
	}
	asCSV := b.post(t, base+"/export", url.Values{"format": {"csv"}})
	if !strings.Contains(asCSV.body, "'=HYPERLINK") {
		t.Error("a comment could run as a formula")
	}
	for _, body := range []string{page.body, one.body, table.body, asJSON.body, asCSV.body} {
		for _, never := range []string{"simulated-", a.ID, a.Person} {
			if strings.Contains(body, never) {
				t.Errorf("the statistics hold %q", never)
			}
		}
	}
	e.statisticsByPrograms(t, item, people)
	e.wantActs(t, "exams/"+sitting, "computeStatistics", "exportStatisticsDesk", "exportStatisticsDesk", "exportStatisticsDesk", "computeStatisticsDesk")
	invigilator, _ := e.atDesk(t, auth.Invigilator)
	for _, path := range []string{base, base + "/similar", base + "/effort", base + "/items/" + item, base + "/tables/items", base + "/tables/times"} {
		wantPage(t, "an invigilator", invigilator.get(t, path), 403)
	}
}

// listed is an item of a form that is surely on a report's page, which lists the first
// hundred by their ids, and its slot.
func listed(f exam.Form) (slot int, item string) {
	for n, s := range f.Slots {
		if item == "" || s.Item.ID < item {
			slot, item = n, s.Item.ID
		}
	}
	return slot, item
}

// statisticsByPrograms gets the same figures as JSON; only who may see results is told whose
// answers were compared.
func (e *env) statisticsByPrograms(t *testing.T, item string, people int) {
	author, admin := e.person(t, auth.Author), e.person(t, auth.Administrator)
	at := "/api/v1/exams/" + sitting + "/statistics"
	var got struct {
		State  string
		Result statistics.Result
	}
	author.do(t, "GET", at, nil).into(t, &got)
	if got.State != string(statistics.Ready) || got.Result.Counts.Counted != people || len(got.Result.Items) < 30 || got.Result.Alpha.Known() {
		t.Errorf("as JSON: %s, %+v, %d items", got.State, got.Result.Counts, len(got.Result.Items))
	}
	var it statistics.ItemResult
	r := author.do(t, "GET", at+"/items/"+item, nil)
	if r.into(t, &it); it.Item != item || it.N == 0 || !it.Facility.Known() || it.Facility.Low >= it.Facility.Value || it.Fit == nil {
		t.Errorf("the item as JSON: %s", r.body)
	}
	author.want(t, "no such item", "GET", at+"/items/none", nil, 404, "statistics.part_not_found")
	author.want(t, "no such exam", "GET", "/api/v1/exams/none/statistics", nil, 404, "exam.not_found")
	author.want(t, "ask again", "POST", at, nil, 202, "")
	author.want(t, "whose answers, for an author", "GET", at+"/similar", nil, 403, "")
	var similar statistics.Similar
	r = admin.do(t, "GET", at+"/similar", nil)
	if r.into(t, &similar); similar.Refused+similar.Tested != people*(people-1)/2 || similar.Least != 20 {
		t.Errorf("compared: %s", r.body)
	}
	author.want(t, "who answered too fast, for an author", "GET", at+"/effort", nil, 403, "")
	admin.want(t, "who answered too fast, of no exam", "GET", "/api/v1/exams/none/statistics/effort", nil, 404, "exam.not_found")
	var effort statistics.Effort
	r = admin.do(t, "GET", at+"/effort", nil)
	if r.into(t, &effort); effort.Tested+effort.Untimed != people || effort.Tested != got.Result.Times.Tested || effort.Low != len(effort.People) || effort.Below != .9 || effort.Low == 0 {
		t.Errorf("who answered too fast: %s", r.body)
	}
	if known := got.Result.Times.Known; known == 0 || known > got.Result.Times.Answers || it.Time == nil || it.Time.Item != item {
		t.Errorf("%d of %d times are known, of the item %+v", known, got.Result.Times.Answers, it.Time)
	}
	desk, _ := e.atDesk(t, auth.Administrator)
	who := desk.get(t, "/workbench/exams/"+sitting+"/statistics/effort?lang=en")
	wantPage(t, "who answered too fast", who, 200, "People who answered too fast", "Decide nothing about people by times alone", "proves nothing")
	for _, h := range effort.People {
		if !strings.Contains(who.body, "/workbench/attempts/"+h.Attempt) {
			t.Errorf("the page does not name %s", h.Attempt)
		}
	}
	page := desk.get(t, "/workbench/exams/"+sitting+"/statistics/similar?lang=en")
	wantPage(t, "compared", page, 200, "Likeness proves nothing", "share fewer than 20 items")
	wantPage(t, "the way there", desk.get(t, "/workbench/exams/"+sitting+"/statistics?lang=en"), 200, "/statistics/similar", "/statistics/effort", "Same decision on another form")
}
