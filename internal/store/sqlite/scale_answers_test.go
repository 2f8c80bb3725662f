package sqlite

import (
	"fmt"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
)

// answeredSlots is the length of the forms: that of the longest exam that ships.
const answeredSlots = 50

// fillAnswers gives every attempt of a filled store a form and an answer in each slot, if
// they have none: lists never read those, and starting and saving write nothing else.
func fillAnswers(t testing.TB, s *Store, share int) {
	t.Helper()
	ctx, began := t.Context(), time.Now()
	form := exam.Form{Release: fmt.Sprintf("%064d", 1), Blueprint: fmt.Sprintf("%064d", 2), Algorithm: "balanced/1", Seed: fmt.Sprintf("%064d", 3)}
	slots := make([]int, answeredSlots)
	for i := range slots {
		slots[i] = i
		form.Slots = append(form.Slots, exam.Slot{Item: exam.ItemRef{ID: fmt.Sprintf("item-of-a-topic-%03d", i), Revision: fmt.Sprintf("%064d", i)}, Cell: i / 2, Arrangement: exam.Arrangement{Options: []int{3, 1, 0, 2}}})
	}
	doc, err := encode(form)
	if err != nil {
		t.Fatal(err)
	}
	places, err := encode(slots)
	if err != nil {
		t.Fatal(err)
	}
	const some = "FROM attempts AS a%s WHERE a.id >= ? AND a.id < ? ORDER BY a.id"
	for from := 0; from < scaleAttempts/share; from += batch {
		first, end := attemptID(from), attemptID(min(from+batch, scaleAttempts/share))
		if err := s.do(ctx, func(tx *tx) error {
			added, err := tx.exec("INSERT OR IGNORE INTO forms (attempt, doc) SELECT a.id, ? "+fmt.Sprintf(some, ""), doc, first, end)
			if err != nil || added == 0 {
				return err
			}
			_, err = tx.exec(`INSERT INTO responses (attempt, slot, seq, at, doc) SELECT a.id, slot.value, slot.value + 1, a.saved_at, '{"choices":[' || (slot.value % 4) || ']}' `+
				fmt.Sprintf(some, " CROSS JOIN json_each(?) AS slot")+", slot.value", places, first, end)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	// A service may then be run over the store: it has no exams of which to hand these in.
	if err := s.do(ctx, func(tx *tx) error {
		_, err := tx.exec("UPDATE attempts SET due_at = ? WHERE due_at IS NOT NULL", millis(time.Now().AddDate(1, 0, 0)))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	t.Logf("forms and answers in %v", time.Since(began).Round(time.Second))
}

// FillAll makes a store of one part in share of that size, answers and all, in the folder, if
// it is not there.
func FillAll(t testing.TB, folder string, share int) {
	t.Helper()
	s := openFilled(t, folder, share)
	fillAnswers(t, s, share)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// ScaleCertificates and CertificateID are for who asks for stored certificates.
const ScaleCertificates = scaleCertificates

var CertificateID = certificateID
