package api_test

import (
	"encoding/csv"
	"net/url"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/proctest"
	"github.com/proba-exam/proba/internal/simulate"
)

// TestBankStatisticsByPages goes from a bank that nobody has analysed to its report, an item
// and their tables, and gets the same by program; nothing of it names a learner.
func TestBankStatisticsByPages(t *testing.T) {
	e := start(t)
	b, _ := e.atDesk(t, auth.Author)
	x, err := e.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	bank := "/workbench/banks/" + x.Release
	base := bank + "/statistics"
	wantPage(t, "the way there", b.get(t, bank+"?lang=en"), 200, base)
	wantPage(t, "nobody has asked", b.get(t, base), 200, "Nobody has asked for statistics of this bank", "Compute")
	wantPage(t, "an item that has none", b.get(t, base+"/items/core-1"), 404, "too few people answered")
	wantPage(t, "a table that there is not", b.get(t, base+"/tables/items"), 404)
	wantPage(t, "no such release", b.get(t, "/workbench/banks/none/statistics"), 404)

	const people = 32
	attempts, err := simulate.Sit(t.Context(), simulate.Crowd{Exams: e.Exams, Sittings: []string{sitting}, People: people, Mean: 1, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	a, err := e.Exams.Attempt(t.Context(), attempts[0])
	if err != nil {
		t.Fatal(err)
	}
	wantPage(t, "asked", b.post(t, base, url.Values{}), 200, "The statistics are being computed")
	proctest.WaitFor(t, "the statistics are computed", func() bool {
		j, err := e.Statistics.BankJob(t.Context(), x.Release)
		return err == nil && j.State == statistics.Ready
	})
	_, item := listed(a.Form)
	page := b.get(t, base)
	wantPage(t, "report", page, 200, "Facility and discrimination", "No item was answered by enough people", base+"/items/"+item, "Attempts analysed</dt><dd>32", "No two roles with 100 people", "/workbench/exams/"+sitting+"/statistics")
	wantPage(t, "what moves", b.get(t, base+"?part=1"), 200, "Show these figures")
	one := b.get(t, base+"/items/"+item)
	wantPage(t, "item", one, 200, "Exam by exam", "Together", "No two groups with enough people", "In the bank")
	table, asked := b.get(t, base+"/tables/items"), b.get(t, base+"/items/"+item+"/tables/asked")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(table.body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 30 || len(rows[1]) != 12 {
		t.Errorf("the table of items has %d rows, %v: %q", len(rows), err, table.body[:min(200, len(table.body))])
	}
	if lines := strings.Count(strings.TrimSpace(asked.body), "\n"); asked.status != 200 || lines != 2 {
		t.Errorf("the table of exams: %d, %q", asked.status, asked.body)
	}

	author := e.person(t, auth.Author)
	at := "/api/v1/banks/releases/" + x.Release + "/statistics"
	var got struct {
		State  string
		Result statistics.BankResult
	}
	author.do(t, "GET", at, nil).into(t, &got)
	if got.State != string(statistics.Ready) || got.Result.People != people || len(got.Result.Items) != len(rows)-1 || len(got.Result.Exams) != 1 || got.Result.Exams[0].Exam != sitting {
		t.Errorf("as JSON: %s, %d people, %d items, %+v", got.State, got.Result.People, len(got.Result.Items), got.Result.Exams)
	}
	var it statistics.BankItemResult
	r := author.do(t, "GET", at+"/items/"+item, nil)
	if r.into(t, &it); it.Item != item || it.N == 0 || len(it.Asked) != 1 || it.Asked[0].N != it.N {
		t.Errorf("the item as JSON: %s", r.body)
	}
	author.want(t, "no such item", "GET", at+"/items/none", nil, 404, "statistics.part_not_found")
	author.want(t, "no such release", "GET", "/api/v1/banks/releases/none/statistics", nil, 404, "release.not_found")
	author.want(t, "ask again", "POST", at, nil, 202, "")
	for _, body := range []string{page.body, one.body, table.body, asked.body, string(r.body)} {
		for _, never := range []string{"simulated-", a.ID, a.Person} {
			if strings.Contains(body, never) {
				t.Errorf("the statistics hold %q", never)
			}
		}
	}
	e.wantActs(t, "releases/"+x.Release, "computeBankStatistics", "computeBankStatisticsDesk")
	invigilator, _ := e.atDesk(t, auth.Invigilator)
	for _, path := range []string{base, base + "/items/" + item, base + "/tables/items", base + "/items/" + item + "/tables/asked"} {
		wantPage(t, "an invigilator", invigilator.get(t, path), 403)
	}
	e.person(t, auth.Invigilator).want(t, "an invigilator's program", "GET", at, nil, 403, "")
}
