package api_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
)

// TestAnExtensionIsGivenOnce sends an order again, as a client does that lost the
// answer, then another one.
func TestAnExtensionIsGivenOnce(t *testing.T) {
	e := start(t)
	invigilator, s := e.person(t, auth.Invigilator), e.learner(t).start(t)
	extend := func(order string) time.Time {
		t.Helper()
		r := invigilator.do(t, "POST", "/api/v1/attempts/"+s.Attempt.ID+"/extend", map[string]any{"order": order, "seconds": 600, "reason": "power cut"})
		if r.status != 200 {
			t.Fatalf("extend: %d %s", r.status, r.body)
		}
		var a struct{ Deadline time.Time }
		r.into(t, &a)
		return a.Deadline
	}
	first := extend("power cut at ten")
	if again := extend("power cut at ten"); !again.Equal(first) {
		t.Errorf("the repeat moves the deadline from %v to %v", first, again)
	}
	if other := extend("power cut at eleven"); !other.Equal(first.Add(10 * time.Minute)) {
		t.Errorf("another order moves it from %v to %v", first, other)
	}
	if a, err := e.Exams.Attempt(t.Context(), s.Attempt.ID); err != nil || len(a.Extensions) != 2 {
		t.Errorf("%+v, %v", a.Extensions, err)
	}
}

// TestAnExamIsCreatedOnce sends a draft again, with lists empty that were left out
// before.
func TestAnExamIsCreatedOnce(t *testing.T) {
	e := start(t)
	author := e.person(t, auth.Author)
	sample, err := e.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(map[string]any{"id": "again", "title": sample.Title, "programme": sample.Programme, "release": sample.Release, "blueprint": sample.Blueprint, "policy": sample.Policy})
	if err != nil {
		t.Fatal(err)
	}
	var draft map[string]any
	if err := json.Unmarshal(data, &draft); err != nil {
		t.Fatal(err)
	}
	blueprint := draft["blueprint"].(map[string]any)
	delete(blueprint, "gates")
	if r := author.do(t, "POST", "/api/v1/exams", draft); r.status != 201 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	blueprint["gates"] = []any{}
	if r := author.do(t, "POST", "/api/v1/exams", draft); r.status != 200 {
		t.Errorf("again, with no gates: %d %s", r.status, r.body)
	}
	blueprint["cut"] = 1
	if r := author.do(t, "POST", "/api/v1/exams", draft); r.status != 409 || r.code() != "exam.exists" {
		t.Errorf("another draft: %d %s", r.status, r.body)
	}
}
