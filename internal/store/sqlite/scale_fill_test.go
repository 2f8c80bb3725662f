package sqlite

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
)

func attemptID(n int) string { return fmt.Sprintf("attempt-%07d", n) }

// together is how many sittings are held at the same time: their attempts are stored among
// one another.
const together = 40

// sittingOf is the sitting of the n-th attempt.
func sittingOf(n int) string {
	const wave = together * scaleAttempts / scaleSittings
	return fmt.Sprintf("sitting-%04d", n/wave*together+n%together)
}

// batch is how many rows are stored in one transaction.
const batch = 20_000

// fill writes rows with the statements of the store, many in a transaction: one part in
// share of them, from the first on.
func fill(t testing.TB, s *Store, share int) {
	t.Helper()
	ctx, now := t.Context(), time.Now().UTC().Truncate(time.Millisecond)
	if err := s.do(ctx, func(tx *tx) error { _, err := tx.exec("PRAGMA cache_size = -500000"); return err }); err != nil {
		t.Fatal(err)
	}
	for _, part := range []struct {
		what string
		n    int
		put  func(*tx, int, time.Time) error
	}{{"sittings", scaleSittings, putSitting}, {"attempts", scaleAttempts, putAttempt}, {"items", scaleItems, putItem}, {"people", scalePeople, putPerson}, {"certificates", scaleCertificates, putCertificate}} {
		began, rows := time.Now(), part.n/share
		for from := 0; from < rows; from += batch {
			if err := s.do(ctx, func(tx *tx) error {
				for n := from; n < min(from+batch, rows); n++ {
					if err := part.put(tx, n, now); err != nil {
						return fmt.Errorf("%s %d: %w", part.what, n, err)
					}
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("%d %s in %v", rows, part.what, time.Since(began).Round(time.Second))
	}
	if err := s.InsertExam(ctx, exam.Exam{Schema: 1, ID: "exam-0", Version: 1}); err != nil {
		t.Fatal(err)
	}
}

func putSitting(tx *tx, n int, now time.Time) error {
	doc, err := encode(exam.Sitting{Schema: 1, ID: fmt.Sprintf("sitting-%04d", n), Version: 1, Exam: fmt.Sprintf("exam-%d", n%8), Title: exam.Text{"uk": "Сесія"}, Region: fmt.Sprintf("region-%02d", n%25), Opens: now, Closes: now.Add(time.Hour), CreatedAt: now})
	if err != nil {
		return err
	}
	_, err = tx.exec("INSERT INTO sittings (id, version, doc, closes) VALUES (?, 1, ?, ?)", fmt.Sprintf("sitting-%04d", n), doc, millis(now.Add(time.Hour)))
	return err
}

func putAttempt(tx *tx, n int, now time.Time) error {
	a := exam.Attempt{Schema: 1, ID: attemptID(n), Version: 9, Exam: fmt.Sprintf("exam-%d", n%8), Sitting: sittingOf(n), Person: personID(n % scalePeople), Number: 1 + n/scalePeople,
		State: exam.Released, Lang: "uk", Writer: "w", Seq: 60, CreatedAt: now, StartedAt: now, Deadline: now, AcceptUntil: now, FinishedAt: now, SavedAt: now,
		Result: &exam.Result{Score: exam.Points(n % 60_000), Max: 60_000, Passed: n%3 > 0, Sections: make([]exam.SectionResult, 4)}, Events: make([]exam.Event, 5)}
	if n%5000 == 0 {
		a.State, a.Result, a.DueAt = exam.Running, nil, now.Add(time.Hour)
	}
	doc, err := head(a)
	if err != nil {
		return err
	}
	passed, score, highest := marks(&a)
	_, err = tx.exec(`INSERT INTO attempts (id, version, exam, sitting, person, number, state, writer, accept_until, deadline, seq, seq_base, saved_at, due_at, leaves, doc, passed, score, max)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.ID, a.Version, a.Exam, a.Sitting, a.Person, a.Number, a.State, a.Writer, millis(a.AcceptUntil), millis(a.Deadline), a.Seq, a.SeqBase, millis(a.SavedAt), due(&a), []byte{}, doc, passed, score, highest)
	return err
}

// stemOf has words of all items, of every thousandth and thirtieth, and of those that come
// last.
func stemOf(n int) string {
	stem := fmt.Sprintf("Питання про слово%d у справі", n%1000)
	if n%30 == 0 {
		stem += ", тридцяте"
	}
	if n >= scaleItems/2 {
		stem += ", друга половина"
	}
	if n >= scaleItems*19/20 {
		stem += ", наприкінці"
	}
	return stem
}

func putItem(tx *tx, n int, now time.Time) error {
	e := authoring.Entry{Schema: 1, Version: 1, Bank: "bank", ID: fmt.Sprintf("item-%06d", n), State: authoring.Approved, Place: int64(n), Author: fmt.Sprintf("author-%d", n%40), WrittenAt: now, Languages: []string{"uk", "en"},
		Content: exam.Item{ID: fmt.Sprintf("item-%06d", n), Kind: exam.Single, Topic: fmt.Sprintf("topic-%03d", n%scaleTopics), Stage: "pre-trial", Level: "apply", Stem: exam.Text{"uk": stemOf(n), "en": "A question about a word in a case"},
			Interaction: &exam.SingleChoice{Options: []exam.Option{{Text: exam.Text{"uk": "так", "en": "yes"}}, {Text: exam.Text{"uk": "ні", "en": "no"}}}}}}
	if n%10 == 0 {
		e.State = authoring.Draft
	}
	r, err := newRow(e)
	if err != nil {
		return err
	}
	it := &r.Content
	if _, err := tx.exec(`INSERT INTO entries (bank, id, version, state, topic, kind, stage, level, author, doc, more) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Bank, r.ID, r.Version, r.State, it.Topic, it.Kind, it.Stage, it.Level, r.Author, r.doc, r.more); err != nil {
		return err
	}
	return r.reindex(tx)
}

func personID(n int) string { return fmt.Sprintf("person-%06d", n) }

// nameOf is one of 50 first names and 2,000 family names, some far commoner than others; half
// of those who came last share one of their own.
func nameOf(n int) string {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	if n >= scalePeople*98/100 && n%2 == 0 {
		return fmt.Sprintf("Ім’я%c%c Пізнюк", 'а'+rune(r.IntN(25)), 'а'+rune(r.IntN(2)))
	}
	return fmt.Sprintf("Ім’я%c%c Прізвище%c%d", 'а'+rune(r.IntN(25)), 'а'+rune(r.IntN(2)), 'а'+rune(r.IntN(10)), min(r.IntN(200), r.IntN(200)))
}

// certificateID is the id of the n-th certificate.
func certificateID(n int) (certs.ID, error) {
	return certs.NewID(rand.NewChaCha8([32]byte(binary.LittleEndian.AppendUint64(make([]byte, 24), uint64(n)))))
}

func putPerson(tx *tx, n int, now time.Time) error {
	p := auth.Person{ID: personID(n), Schema: 1, Version: 1, Email: personID(n) + "@proba.test", EmailKey: personID(n) + "@proba.test", Name: nameOf(n), Language: "uk", Roles: []auth.Role{auth.Learner}, Region: "Львівська область", PasswordHash: strings.Repeat("x", 97), Epoch: 1, CreatedAt: now, UpdatedAt: now}
	doc, err := encode(p)
	if err != nil {
		return err
	}
	if _, err := tx.exec("INSERT INTO people (id, version, email, doc, words) VALUES (?, 1, ?, ?, ?)", p.ID, p.EmailKey, doc, spaced(p.Name)); err != nil {
		return err
	}
	return namedPeople.added(tx, p.ID)
}

// putCertificate gives certificates random ids, as they are.
func putCertificate(tx *tx, n int, now time.Time) error {
	id, err := certificateID(n)
	if err != nil {
		return err
	}
	c := certs.Certificate{Schema: 2, ID: id, Version: 1, Attempt: attemptID(n), Person: personID(n % scalePeople), Payload: make([]byte, 150), StatusList: n / 100_000, StatusIndex: n % 100_000, State: certs.Valid,
		Statement: certs.Statement{Name: nameOf(n % scalePeople), Title: "Слідчий", Language: "uk", Exam: fmt.Sprintf("exam-%d", n%8), IssuedAt: now.Add(-2000 * time.Hour), ExpiresAt: now.Add(1000 * time.Hour)}, Events: []certs.Event{{At: now, State: certs.Valid}}}
	if n%100 == 0 {
		c.State = certs.Revoked
	}
	if n%7 == 0 {
		c.Statement.ExpiresAt = now.Add(-time.Hour)
	}
	doc, err := encode(c)
	if err != nil {
		return err
	}
	if _, err := tx.exec("INSERT INTO certificates (id, version, attempt, person, status_list, status_index, doc, words) VALUES (?, 1, ?, ?, ?, ?, ?, ?)", string(c.ID), c.Attempt, c.Person, c.StatusList, c.StatusIndex, doc, spaced(c.Statement.Name)); err != nil {
		return err
	}
	return namedCertificates.added(tx, string(c.ID))
}
