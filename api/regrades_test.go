package api_test

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/doctor"
	"github.com/proba-exam/proba/internal/proctest"
	"github.com/proba-exam/proba/internal/server"
)

// onlyRightPasses is a sitting of an exam that everything right passes and nothing less.
func (e *env) onlyRightPasses(t *testing.T) (examID, sittingID string) {
	t.Helper()
	x, err := e.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	x.ID, x.Blueprint.Cut, x.Blueprint.Gates = "strict-exam", 10_000, nil
	x.Policy.Review, x.Policy.Certificate = exam.Review{Show: exam.ShowKeys, When: exam.AtOnce}, exam.CertificatePolicy{Issue: true, ShowScore: true}
	if _, _, err = e.Exams.CreateExam(t.Context(), x); err == nil {
		_, err = e.Exams.PublishExam(t.Context(), "test", x.ID)
	}
	if err == nil {
		_, _, err = e.Exams.CreateSitting(t.Context(), exam.Sitting{ID: "strict-room", Exam: x.ID, Title: x.Title, Opens: e.Clock.Now().Add(-1e9), Closes: e.Clock.Now().Add(1e13)})
	}
	if err != nil {
		t.Fatal(err)
	}
	return x.ID, "strict-room"
}

// misses sits the exam with everything right but the first single choice, and returns the
// attempt, the item and the authored option that was chosen.
func (u *user) misses(t *testing.T, sittingID string) (attempt, item string, option int) {
	t.Helper()
	if _, err := u.Exams.Entitle(t.Context(), "test", sittingID, u.id, 0); err != nil {
		t.Fatal(err)
	}
	s := u.startIn(t, sittingID)
	a, err := u.Exams.Attempt(t.Context(), s.Attempt.ID)
	if err != nil {
		t.Fatal(err)
	}
	bank, err := u.Exams.Bank(t.Context(), a.Form.Release)
	if err != nil {
		t.Fatal(err)
	}
	save := exam.Save{Writer: s.Writer, Seq: 1}
	for slot, key := range u.keys(t, a.ID) {
		n, _ := bank.Number(a.Form.Slots[slot].Item.ID)
		if choice, ok := bank.Revision(n).Item.Interaction.(*exam.SingleChoice); ok && item == "" {
			wrong := (key.Choices[0] + 1) % len(choice.Options)
			item, option, key = bank.Revision(n).Item.ID, a.Form.Slots[slot].Arrangement.Options[wrong], exam.Response{Choices: []int{wrong}}
		}
		save.Responses = append(save.Responses, exam.SlotResponse{Slot: slot, Response: key})
	}
	u.do(t, "PUT", s.path("responses"), save)
	if r := u.do(t, "POST", s.path("submit"), map[string]string{"writer": s.Writer}); r.status != 200 {
		t.Fatalf("submit: %d %s", r.status, r.body)
	}
	return a.ID, item, option
}

// letters are those in the folder that were sent to the address.
func (e *env) letters(t *testing.T, to string) (all []string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(server.MailPath(e.Config.Data), "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), to) {
			all = append(all, string(data))
		}
	}
	return all
}

// wantActs compares the audit log of an object, the newest act first. What came to nothing
// has a second entry, which is left out.
func (e *env) wantActs(t *testing.T, object string, want ...string) {
	t.Helper()
	entries, err := e.audit(t).Entries(t.Context(), audit.Filter{Object: object}, 0, 20)
	if err != nil {
		t.Fatal(err)
	}
	var acts []string
	for _, entry := range entries {
		if entry.Failed == "" {
			acts = append(acts, entry.Action)
		}
	}
	if !slices.Equal(acts, want) {
		t.Errorf("the audit log of %s has %v, want %v", object, acts, want)
	}
}

// TestAProgramCorrectsAKey has an author propose and an administrator approve; what a
// learner, a letter and the audit log say of it; and that doctor is content.
func TestAProgramCorrectsAKey(t *testing.T) {
	e := start(t)
	examID, room := e.onlyRightPasses(t)
	author, admin, learner := e.person(t, auth.Author), e.person(t, auth.Administrator), e.person(t, auth.Learner)
	attempt, item, option := learner.misses(t, room)
	proposal := map[string]any{"id": "key-of-one", "reason": "The decree was repealed", "corrections": []map[string]any{{"item": item, "policy": "new_key", "key": map[string]any{"choices": []int{option}}}}}
	for n, want := range []int{201, 200} {
		if r := author.do(t, "POST", "/api/v1/exams/"+examID+"/regrades", proposal); r.status != want {
			t.Fatalf("propose, time %d: %d %s", n+1, r.status, r.body)
		}
	}
	var g exam.Regrade
	proctest.WaitFor(t, "the dry run is over", func() bool {
		author.do(t, "GET", "/api/v1/regrades/key-of-one", nil).into(t, &g)
		return g.State == exam.RegradeChecked
	})
	if g.Foreseen.Up != 1 || g.Foreseen.Issue != 1 || g.Foreseen.Letters != 1 || g.Foreseen.Down != 0 {
		t.Errorf("foreseen: %+v", g.Foreseen)
	}
	if r := author.do(t, "GET", "/api/v1/regrades/key-of-one/changes", nil); r.status != 403 {
		t.Errorf("an author is shown whose results change: %d", r.status)
	}
	if r := author.do(t, "POST", "/api/v1/regrades/key-of-one/approve", map[string]string{"reason": "mine"}); r.status != 403 {
		t.Errorf("an author approves: %d", r.status)
	}
	if r := admin.do(t, "GET", "/api/v1/regrades/key-of-one/changes?turn=sideways", nil); r.code() != "request.parameter" {
		t.Errorf("a turn that is none: %s", r.body)
	}
	var changes struct {
		Items []struct {
			Attempt, Person, Turn, Certificate string
			Before, After                      struct{ Score, Max float64 }
		}
	}
	admin.do(t, "GET", "/api/v1/regrades/key-of-one/changes?turn=up", nil).into(t, &changes)
	if len(changes.Items) != 1 || changes.Items[0].Attempt != attempt || changes.Items[0].Person != learner.id || changes.Items[0].Certificate != "issue" || changes.Items[0].After.Score != changes.Items[0].Before.Score+1 {
		t.Errorf("who crosses the line: %+v", changes.Items)
	}
	for range 2 {
		if r := admin.do(t, "POST", "/api/v1/regrades/key-of-one/approve", map[string]string{"reason": "Checked with the lawyers"}); r.status != 200 {
			t.Fatalf("approve: %d %s", r.status, r.body)
		}
	}
	proctest.WaitFor(t, "the key change is done", func() bool {
		admin.do(t, "GET", "/api/v1/regrades/key-of-one", nil).into(t, &g)
		return g.State == exam.RegradeDone
	})
	var out struct {
		Result    struct{ Passed bool }
		Corrected struct{ Reason string }
		Answers   []struct {
			Correction string
			Rationale  string
		}
	}
	r := learner.do(t, "GET", "/api/v1/me/attempts/"+attempt+"/outcome", nil)
	r.into(t, &out)
	corrected := 0
	for _, a := range out.Answers {
		if a.Correction == "new_key" && a.Rationale == "" {
			corrected++
		}
	}
	if !out.Result.Passed || out.Corrected.Reason != "The decree was repealed" || corrected != 1 || strings.Contains(string(r.body), "Checked with the lawyers") || strings.Contains(string(r.body), item) {
		t.Errorf("the learner is told %s", r.body)
	}
	var told struct {
		Regraded []struct{ Regrade, Reason, By string }
	}
	admin.do(t, "GET", "/api/v1/attempts/"+attempt+"/result", nil).into(t, &told)
	if len(told.Regraded) != 1 || told.Regraded[0].Regrade != "key-of-one" || told.Regraded[0].By != admin.id {
		t.Errorf("the history says %+v", told)
	}
	learner.certificate(t)
	if all := e.letters(t, learner.email); len(all) != 1 || !strings.Contains(all[0], "/my/attempts/"+attempt) {
		t.Errorf("%d letters: %v", len(all), all)
	}
	e.wantActs(t, "regrades/key-of-one", "approveRegrade", "approveRegrade", "proposeRegrade", "proposeRegrade")
	if err := e.Certs.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	report, err := doctor.Examine(t.Context(), e.Store(), doctor.Keys{Issuer: e.Issuer, Log: e.LogKeys})
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("doctor: %+v, %v", report.Findings, err)
	}
}

var newRegrade = regexp.MustCompile(`name="id" value="(k-[a-z0-9]+)"`)

// TestStaffTakeAWrongItemOut goes by pages: what is filled in wrongly comes back as it was,
// a learner who passed no longer does, the certificate is revoked and everybody who may
// read it sees why.
func TestStaffTakeAWrongItemOut(t *testing.T) {
	e := start(t)
	examID, room := e.onlyRightPasses(t)
	learner := e.person(t, auth.Learner)
	if _, err := e.Exams.Entitle(t.Context(), "test", room, learner.id, 0); err != nil {
		t.Fatal(err)
	}
	s := learner.passIn(t, room)
	certificate, _ := learner.certificate(t)
	a, err := e.Exams.Attempt(t.Context(), s.Attempt.ID)
	if err != nil {
		t.Fatal(err)
	}
	bank, err := e.Exams.Bank(t.Context(), a.Form.Release)
	if err != nil {
		t.Fatal(err)
	}
	var item string
	wrong := 0
	for _, slot := range a.Form.Slots {
		n, _ := bank.Number(slot.Item.ID)
		if choice, ok := bank.Revision(n).Item.Interaction.(*exam.SingleChoice); ok {
			item, wrong = slot.Item.ID, 0
			if choice.Options[0].Key {
				wrong = 1
			}
		}
	}
	b, _ := e.atDesk(t, auth.Administrator)
	wantPage(t, "exam", b.get(t, "/workbench/exams/"+examID), 200, "/workbench/exams/"+examID+"/regrades")
	wantPage(t, "items", b.get(t, "/workbench/exams/"+examID+"/regrades?q="+item), 200, "new-regrade?item="+item)
	r := b.get(t, "/workbench/exams/"+examID+"/new-regrade?item="+item)
	wantPage(t, "form", r, 200, "Either key", `class="right"`)
	id := newRegrade.FindStringSubmatch(r.body)[1]
	form := url.Values{"id": {id}, "item": {item}, "policy": {"new_key"}, "reason": {"The key was wrong"}}
	path := "/workbench/exams/" + examID + "/regrades"
	wantPage(t, "no key", b.post(t, path, form), 422, "a single choice has exactly one", "The key was wrong")
	form.Set("choice", string(rune('0'+wrong)))
	wantPage(t, "proposed", b.post(t, path, form), 200, "The dry run has begun")
	proctest.WaitFor(t, "the dry run is over", func() bool {
		return strings.Contains(b.get(t, "/workbench/regrades/"+id+"?part=1").body, "to be decided")
	})
	page := b.get(t, "/workbench/regrades/"+id)
	wantPage(t, "dry run", page, 200, "No longer pass (1)", "Олена Перевірена", "revoke", "approve-reason")
	wantPage(t, "no reason", b.post(t, "/workbench/regrades/"+id+"/approve", url.Values{}), 422, "needs a reason")
	wantPage(t, "approved", b.post(t, "/workbench/regrades/"+id+"/approve", url.Values{"reason": {"Agreed"}}), 200, "The change was approved")
	proctest.WaitFor(t, "the certificate is revoked", func() bool {
		c, err := e.Certs.Record(t.Context(), certs.ID(certificate))
		return err == nil && c.State == certs.Revoked
	})
	proctest.WaitFor(t, "it is done", func() bool {
		return strings.Contains(b.get(t, "/workbench/regrades/"+id+"?part=1").body, "Everything is done")
	})
	wantPage(t, "report", b.get(t, "/workbench/regrades/"+id), 200, "What was done", "sent", "Agreed")
	wantPage(t, "attempt", b.get(t, "/workbench/attempts/"+a.ID), 200, "marked again by the corrected key", "certificate revoked", "The key was wrong")
	wantPage(t, "replay", b.get(t, "/workbench/attempts/"+a.ID+"/form"), 200, item)
	wantPage(t, "everybody", e.browser(t).get(t, "/v/"+certificate+"?lang=en"), 200, "by the right one the exam was not passed")
	wantPage(t, "exam list", b.get(t, path), 200, "done", "New key")
	second := newRegrade.FindStringSubmatch(b.get(t, "/workbench/exams/"+examID+"/new-regrade?item="+item).body)[1]
	wantPage(t, "another one", b.post(t, path, url.Values{"id": {second}, "item": {item}, "policy": {"drop"}, "reason": {"Rather drop it"}}), 200)
	wantPage(t, "withdrawn", b.post(t, "/workbench/regrades/"+second+"/withdraw", url.Values{"reason": {"No"}}), 422, "needs a reason")
	wantPage(t, "withdrawn", b.post(t, "/workbench/regrades/"+second+"/withdraw", url.Values{"reason": {"Rather not"}}), 200, "Nothing was changed", "Rather not")
	e.wantActs(t, "regrades/"+id, "approveRegradeDesk", "proposeRegradeDesk", "proposeRegradeDesk")
	e.wantActs(t, "regrades/"+second, "withdrawRegradeDesk", "proposeRegradeDesk")
	invigilator, _ := e.atDesk(t, auth.Invigilator)
	seen := invigilator.get(t, "/workbench/attempts/"+a.ID)
	wantPage(t, "invigilator", seen, 200)
	for _, never := range []string{"marked again", "certificate revoked", "The key was wrong", "Not passed"} {
		if strings.Contains(seen.body, never) {
			t.Errorf("an invigilator reads %q", never)
		}
	}
	author, _ := e.atDesk(t, auth.Author)
	proposed := author.get(t, "/workbench/regrades/"+id)
	wantPage(t, "author", proposed, 200, "No longer pass")
	if strings.Contains(proposed.body, "Перевірена</a>") || strings.Contains(proposed.body, a.ID) {
		t.Error("an author is shown whose result changed")
	}
}

// TestADryRunUnderWay: while it runs, neither its page nor the list of key changes shows numbers
// that read as its result; when it is over, they do.
func TestADryRunUnderWay(t *testing.T) {
	e := start(t)
	examID, room := e.onlyRightPasses(t)
	attempt, item, _ := e.person(t, auth.Learner).misses(t, room)
	a, err := e.Exams.Attempt(t.Context(), attempt)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(a.Form.Slots, func(s exam.Slot) bool { return s.Item.ID == item })
	now := e.Clock.Now()
	granted := []exam.Correction{{Item: a.Form.Slots[at].Item, Policy: exam.FullCredit}}
	g := exam.Regrade{Schema: 1, ID: "under-way", Version: 1, Exam: examID, State: exam.RegradeChecking, Corrections: granted, InForce: granted, Reason: "Nobody could know", Number: 1,
		ProposedBy: "test", ProposedAt: now, DueAt: now.AddDate(1, 0, 0), Cursor: attempt, Foreseen: exam.RegradeCounts{Seen: 7001, Graded: 6003}} // which nobody moves on
	if err := e.Store().InsertRegrade(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	b, _ := e.atDesk(t, auth.Administrator)
	result := []string{"What would change", "Other result", "6003", "Nobody’s result changes"}
	list := func() string { return b.get(t, "/workbench/exams/"+examID+"/regrades").body }
	for _, part := range []string{"", "?part=1"} {
		page := b.get(t, "/workbench/regrades/under-way"+part)
		wantPage(t, "the dry run", page, 200, "<progress", "Attempts seen: 7001", "data-moving")
		for _, never := range result {
			if strings.Contains(page.body, never) {
				t.Errorf("while the dry run is under way the page %q says %q", part, never)
			}
		}
	}
	if n := strings.Count(list(), `<td class="number">—</td>`); n != 3 {
		t.Errorf("the list shows %d of three numbers as not known yet", n)
	}
	g.State, g.Cursor, g.DueAt = exam.RegradeChecked, "", time.Time{}
	if err := e.Store().UpdateRegrade(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	wantPage(t, "its result", b.get(t, "/workbench/regrades/under-way"), 200, result...)
	if strings.Contains(list(), `<td class="number">—</td>`) || strings.Contains(b.get(t, "/workbench/regrades/under-way").body, "<progress") {
		t.Error("the dry run is over and still not known, or still moving")
	}
}
