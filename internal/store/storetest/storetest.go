// Package storetest holds the conformance suite that every store passes: what
// the comments on the Store interfaces of exam, certs and auth promise.
package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/fault"
)

// Store is what a store implements.
type Store interface {
	exam.Store
	authoring.Store
	statistics.Store
	certs.Store
	auth.Store
	audit.Store
}

// racers is how many goroutines want the same thing at once.
const racers = 16

// now is the suite's instant: odd milliseconds show what a store rounds.
var now = time.Date(2026, 3, 1, 9, 30, 0, 123_000_000, time.UTC)

// Run checks one store. It uses fresh ids throughout, so that a store may hold
// anything before.
func Run(t *testing.T, s Store) {
	for name, test := range map[string]func(*testing.T, Store){
		"releases are immutable":             releases,
		"exams are compared and set":         exams,
		"copies are compared and set":        copies,
		"items of copies are found":          items,
		"one of many edits wins":             itemRaces,
		"imports are compared and set":       imports,
		"parts of imports are kept apart":    importParts,
		"an abandoned import leaves nothing": abandonedImports,
		"images of earlier texts stay":       earlierImages,
		"images are kept and dropped":        media,
		"images that are shown stay":         mediaRaces,
		"who has seen an item":               sightings,
		"sittings and entitlements":          sittings,
		"sittings are found":                 sittingsFound,
		"access keys are replaced":           accessKeys,
		"saves are taken in a pause":         pauses,
		"devices are heard":                  heard,
		"who has not begun is told":          attendance,
		"attempts round trip and are unique": attempts,
		"one of many updates wins":           races,
		"saves commute and repeat":           saves, // invariant 7 of package exam
		"saves are refused by state":         refusals,
		"an update has seen every save":      savesAgainstUpdates,
		"late saves are bounded":             late,
		"calibrations are immutable":         calibrations,
		"exposure is compared and set":       exposure,
		"exposure counts every success":      exposureRaces,
		"due attempts by their moment":       due,
		"feedback is compared and set":       feedback,
		"certificates are unique":            certificates,
		"certificates are found":             certificatesFound,
		"templates never change":             templates,
		"status lists are compared and set":  statusLists,
		"log entries wait and are placed":    logEntries,
		"log tiles only widen":               logTiles,
		"one of many advances the log":       logHead,
		"checkpoints are kept":               logCheckpoints,
		"people, families, links":            people,
		"people are found by name":           peopleFound,
		"attempts are summed up":             tallies,
		"regrades are compared and set":      regrades,
		"changes by a regrade":               regradeChanges,
		"an attempt keeps its results":       regradedAttempts,
		"panels are compared and set":        panels,
		"scripts are compared and set":       scripts,
		"waiting scripts are counted":        scriptsCounted,
		"waiting items are counted":          reviews,
		"one of many is given a script":      scriptRaces,
		"statistics are one copy's work":     statisticsJobs,
		"later statistics stay":              statisticsParts,
		"the audit log is one chain":         auditLog,
		"a cancelled context ends a call":    cancelled,
	} {
		t.Run(name, func(t *testing.T) { test(t, s) })
	}
}

func id() string { return "id-" + rand.Text() }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t testing.TB, what string, err error, code string) {
	t.Helper()
	if fault.Code(err) != code {
		t.Errorf("%s: %v, want fault %q", what, err, code)
	}
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s came back changed (-want +got):\n%s", what, diff)
	}
}

func cancelled(t *testing.T, s Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a := newAttempt()
	if err := s.InsertAttempt(ctx, a); fault.Of(err) != fault.Unavailable {
		t.Errorf("a write in a cancelled context: %v", err)
	}
	if _, err := s.Attempt(t.Context(), a.ID); err != nil && !errors.Is(err, context.Canceled) {
		wantCode(t, "read after it", err, "attempt.not_found")
	}
}
