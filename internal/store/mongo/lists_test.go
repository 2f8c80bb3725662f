package mongo_test

import (
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/lookup"
	"github.com/proba-exam/proba/internal/store/mongo"
)

// olderIsFoundByName opens a database from before people and certificates were found by name.
func olderIsFoundByName(t *testing.T, uri string) {
	ctx := t.Context()
	s := open(t, uri)
	if err := s.InsertPerson(ctx, auth.Person{ID: "a", Version: 1, EmailKey: "a", Name: "Юлія ҐУДЗЬ"}); err != nil {
		t.Fatal(err)
	}
	if err := s.InsertCertificate(ctx, certs.Certificate{ID: "c", Version: 1, Attempt: "x", Person: "a", Statement: certs.Statement{Name: "Юлія Ґудзь"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.BeforeNames(ctx); err != nil {
		t.Fatal(err)
	}
	if all, err := s.FindPeople(ctx, lookup.Name("гудзь"), "", 9); err != nil || len(all) != 0 {
		t.Fatalf("people of the older database: %v, %v", all, err)
	}
	s = open(t, uri)
	if all, err := s.FindPeople(ctx, lookup.Name("гудзь"), "", 9); err != nil || len(all) != 1 || all[0].ID != "a" {
		t.Errorf("people: %v, %v", all, err)
	}
	if all, err := s.FindCertificates(ctx, certs.Filter{Words: lookup.Name("юлія")}, "", 9); err != nil || len(all) != 1 || all[0].ID != "c" {
		t.Errorf("certificates: %v, %v", all, err)
	}
}

// listsHaveIndexes asks the lists and searches of the workbench, and looks for an index of
// each that leads to what it is narrowed by and has its order. (The stand-in that tests run
// on does not explain how it answers.)
func listsHaveIndexes(t *testing.T, uri string) {
	ctx := t.Context()
	s, heard, err := mongo.OpenHeard(ctx, uri)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	askLists(t, s)
	asked := 0
	for _, f := range heard.All() {
		if len(f.Sort) == 0 || f.Collection == "schema" {
			continue
		}
		asked++
		by := f.Sort[0].Key
		var equal []string
		words := false
		for _, e := range f.Filter {
			switch _, one := e.Value.(string); {
			case one:
				equal = append(equal, e.Key)
			case e.Key == "$and":
				words = true
			}
		}
		then := []string{by}
		if words { // sorted after they are found, or met in the order of the listing
			then = []string{"words", by}
		}
		if len(equal) == 0 && !words && by == "_id" {
			continue // the key's own
		}
		if words && f.Collection != "entries" {
			equal = nil
		}
		if ok, err := s.Indexed(ctx, f.Collection, equal, then...); err != nil || !ok {
			t.Errorf("%s by %v, sorted by %s: no index (%v)", f.Collection, f.Filter, by, err)
		}
	}
	if asked < 30 {
		t.Errorf("only %d lists were asked", asked)
	}
	// Who signs in every day did few other things, and many did those.
	if ok, err := s.Indexed(ctx, "audit", []string{"act.actor"}, "act.action", "_id"); err != nil || !ok {
		t.Errorf("what one person did of one kind: no index (%v)", err)
	}
	if ok, err := s.Indexed(ctx, "certificates", []string{"nothing"}, "_id"); err != nil || ok {
		t.Errorf("an index of nothing: %v, %v", ok, err)
	}
}

// askLists runs the lists with what they may be narrowed by.
func askLists(t *testing.T, s *mongo.Store) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []exam.AttemptFilter{{}, {Exam: "e"}, {Sitting: "s"}, {Person: "p"}, {State: exam.Running}, {Sitting: "s", State: exam.Running}, {Exam: "e", State: exam.Running}, {Exam: "e", Person: "p"}} {
		_, err := s.Attempts(ctx, f, "a", 50)
		must(err)
	}
	for _, f := range []exam.SittingFilter{{}, {Exam: "e"}, {Region: "r"}, {Organisation: "o"}, {Cohort: "c"}} {
		_, err := s.Sittings(ctx, f, "a", 50)
		must(err)
	}
	// An attempt has few scripts.
	for _, f := range []exam.ScriptFilter{{Exam: "e"}, {Exam: "e", Holder: "h"}, {Exam: "e", Stage: exam.ScriptThird}} {
		_, err := s.Scripts(ctx, f, "a", 50)
		must(err)
	}
	_, err := s.FindPeople(ctx, []string{"o"}, "p", 50)
	must(err)
	for _, f := range []certs.Filter{{}, {Exam: "e"}, {State: certs.Revoked}, {Person: "p"}, {Words: []string{"o"}}, {EndedBy: time.Unix(1, 0)}} {
		_, err = s.FindCertificates(ctx, f, "c", 50)
		must(err)
	}
	_, err = s.EntitlementsIn(ctx, "s", "p", 50)
	must(err)
	_, err = s.NotBegun(ctx, "s", "p", 50)
	must(err)
	_, err = s.Attendance(ctx, "s")
	must(err)
	_, err = s.EntitlementsOf(ctx, "p", "s", 50)
	must(err)
	for _, f := range []audit.Filter{{}, {Actor: "a"}, {Action: "a"}, {Object: "o"}, {Actor: "a", Action: "b"}} {
		_, err = s.Entries(ctx, f, 100, 50)
		must(err)
	}
	for _, f := range []authoring.Filter{{}, {Words: []string{"слов"}}, {Topic: "t"}, {State: "draft"}, {Kind: "single"}, {Author: "a"}, {Tag: "t"}, {Flag: "any"}, {Language: "uk"}, {Stage: "s"}} {
		f.Bank = "b"
		_, err = s.Items(ctx, f, "", 50)
		must(err)
	}
}
