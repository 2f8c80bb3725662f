package sqlite

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/lookup"
)

// The size of a national service after some years.
const (
	scaleAttempts = 1_000_000
	scaleSittings = 2_000
	scaleItems    = 100_000
	scaleTopics   = 200
	scalePeople   = 500_000
	// scaleCertificates is how many of the attempts led to one.
	scaleCertificates = 600_000
)

// scaleLimit is how long a list may take at the 99th percentile: a page of the workbench
// asks for two or three of them.
const scaleLimit = 100 * time.Millisecond

// TestListsAtScale measures every list and search of the workbench on a store of a
// million attempts and a hundred thousand items. It takes some minutes and two gigabytes,
// so it runs only when PROBA_SCALE says so.
func TestListsAtScale(t *testing.T) {
	if os.Getenv("PROBA_SCALE") == "" {
		t.Skip("set PROBA_SCALE=1")
	}
	s, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "proba.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	began := time.Now()
	fill(t, s)
	t.Logf("filled in %v", time.Since(began).Round(time.Second))
	ctx, r := t.Context(), rand.New(rand.NewPCG(1, 2))
	somewhere := func() string { return attemptID(r.IntN(scaleAttempts)) }
	sitting := func() string { return fmt.Sprintf("sitting-%04d", r.IntN(scaleSittings)) }
	for _, list := range []struct {
		name string
		ask  func() (int, error)
	}{
		{"attempts, from anywhere", func() (int, error) { return count(s.Attempts(ctx, exam.AttemptFilter{}, somewhere(), 50)) }},
		{"attempts of a sitting: its room", func() (int, error) { return count(s.Attempts(ctx, exam.AttemptFilter{Sitting: sitting()}, "", 200)) }},
		{"attempts of a sitting in one state", func() (int, error) {
			return count(s.Attempts(ctx, exam.AttemptFilter{Sitting: sitting(), State: exam.Released}, "", 200))
		}},
		{"attempts in a rare state", func() (int, error) { return count(s.Attempts(ctx, exam.AttemptFilter{State: exam.Running}, "", 50)) }},
		{"attempts of an exam", func() (int, error) {
			return count(s.Attempts(ctx, exam.AttemptFilter{Exam: "exam-3"}, somewhere(), 50))
		}},
		{"attempts of a person", func() (int, error) {
			return count(s.Attempts(ctx, exam.AttemptFilter{Person: personID(r.IntN(scalePeople))}, "", 50))
		}},
		{"the sum of a sitting", func() (int, error) { sum, err := s.TallyAttempts(ctx, sitting()); return sum.All(), err }},
		{"what is due", func() (int, error) { return count(s.Due(ctx, time.Now(), 50)) }},
		{"sittings of an exam", func() (int, error) {
			return count(s.Sittings(ctx, exam.SittingFilter{Exam: fmt.Sprintf("exam-%d", r.IntN(8))}, sitting(), 50))
		}},
		{"sittings of a region", func() (int, error) {
			return count(s.Sittings(ctx, exam.SittingFilter{Region: fmt.Sprintf("region-%02d", r.IntN(25))}, "", 50))
		}},
		{"items of a bank, from anywhere", func() (int, error) {
			return count(s.Items(ctx, authoring.Filter{Bank: "bank"}, fmt.Sprintf("item-%06d", r.IntN(scaleItems)), 50))
		}},
		{"items of a topic", func() (int, error) {
			return count(s.Items(ctx, authoring.Filter{Bank: "bank", Topic: fmt.Sprintf("topic-%03d", r.IntN(scaleTopics))}, "", 50))
		}},
		{"items in a state of a topic", func() (int, error) {
			return count(s.Items(ctx, authoring.Filter{Bank: "bank", Topic: fmt.Sprintf("topic-%03d", r.IntN(scaleTopics)), State: authoring.Draft}, "", 50))
		}},
		{"items by a rare word", func() (int, error) {
			return count(s.Items(ctx, authoring.Filter{Bank: "bank", Words: []string{fmt.Sprintf("слово%d", r.IntN(1000))}}, "", 50))
		}},
		{"items by a word of all", func() (int, error) {
			return count(s.Items(ctx, authoring.Filter{Bank: "bank", Words: []string{"питання"}}, "", 50))
		}},
		{"people, from anywhere", func() (int, error) { return count(s.People(ctx, personID(r.IntN(scalePeople)), 50)) }},
		{"people by a whole name", func() (int, error) { return count(s.FindPeople(ctx, lookup.Name(nameOf(r.IntN(scalePeople))), "", 50)) }},
		{"people by the beginning of a name", func() (int, error) {
			return count(s.FindPeople(ctx, lookup.Name(fmt.Sprintf("прізвищеб%d", r.IntN(10))), "", 50))
		}},
		{"people by two letters", func() (int, error) {
			return count(s.FindPeople(ctx, []string{"ім"}, personID(r.IntN(scalePeople)), 50))
		}},
		{"people by a common and a rare name", func() (int, error) {
			return count(s.FindPeople(ctx, []string{"ім", "прізвищеа199"}, "", 50))
		}},
		{"certificates, from anywhere", func() (int, error) { return count(s.FindCertificates(ctx, certs.Filter{}, somewhereIn(r), 50)) }},
		{"certificates by a whole name", func() (int, error) {
			return count(s.FindCertificates(ctx, certs.Filter{Words: lookup.Name(nameOf(r.IntN(scalePeople)))}, "", 50))
		}},
		{"certificates by a common name", func() (int, error) {
			return count(s.FindCertificates(ctx, certs.Filter{Words: []string{"імяа"}}, "", 50))
		}},
		{"revoked certificates of an exam", func() (int, error) {
			return count(s.FindCertificates(ctx, certs.Filter{State: certs.Revoked, Exam: "exam-4"}, somewhereIn(r), 50))
		}},
		{"valid certificates of an exam", func() (int, error) {
			return count(s.FindCertificates(ctx, certs.Filter{Exam: "exam-4"}.In(certs.Valid, time.Now()), somewhereIn(r), 50))
		}},
		{"revoked certificates by name", func() (int, error) {
			return count(s.FindCertificates(ctx, certs.Filter{State: certs.Revoked, Words: []string{"імяб"}}, "", 50))
		}},
		{"the audit log of an object", func() (int, error) {
			_, err := s.Entries(ctx, audit.Filter{Object: "sittings/x"}, 1<<40, 50)
			return 1, err
		}},
	} {
		const times = 200
		took := make([]time.Duration, times)
		found := 0
		for i := range took {
			began := time.Now()
			n, err := list.ask()
			if err != nil {
				t.Fatalf("%s: %v", list.name, err)
			}
			took[i], found = time.Since(began), found+n
		}
		slices.Sort(took)
		p99 := took[times*99/100]
		t.Logf("%-36s median %8v  p99 %8v  rows %d", list.name, took[times/2].Round(10*time.Microsecond), p99.Round(10*time.Microsecond), found/times)
		if p99 > scaleLimit {
			t.Errorf("%s: p99 %v, limit %v", list.name, p99, scaleLimit)
		}
	}
}

func count[T any](all []T, err error) (int, error) { return len(all), err }

func somewhereIn(r *rand.Rand) certs.ID { return certs.ID(fmt.Sprintf("%016x", r.Uint64())) }

func attemptID(n int) string { return fmt.Sprintf("attempt-%07d", n) }

// together is how many sittings are held at the same time: their attempts are stored among
// one another.
const together = 40

// sittingOf is the sitting of the n-th attempt.
func sittingOf(n int) string {
	const wave = together * scaleAttempts / scaleSittings
	return fmt.Sprintf("sitting-%04d", n/wave*together+n%together)
}

// fill writes the store by the store's own methods where rows are few, and by its
// statements where they are many.
func fill(t *testing.T, s *Store) {
	t.Helper()
	ctx, now := t.Context(), time.Now().UTC().Truncate(time.Millisecond)
	const batch = 20_000
	for _, part := range []struct {
		what string
		n    int
		put  func(*tx, int, time.Time) error
	}{{"sittings", scaleSittings, putSitting}, {"attempts", scaleAttempts, putAttempt}, {"items", scaleItems, putItem}, {"people", scalePeople, putPerson}, {"certificates", scaleCertificates, putCertificate}} {
		began := time.Now()
		for from := 0; from < part.n; from += batch {
			if err := s.do(ctx, func(tx *tx) error {
				for n := from; n < min(from+batch, part.n); n++ {
					if err := part.put(tx, n, now); err != nil {
						return fmt.Errorf("%s %d: %w", part.what, n, err)
					}
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("%d %s in %v", part.n, part.what, time.Since(began).Round(time.Second))
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

func putItem(tx *tx, n int, now time.Time) error {
	e := authoring.Entry{Schema: 1, Version: 1, Bank: "bank", ID: fmt.Sprintf("item-%06d", n), State: authoring.Approved, Place: int64(n), Author: fmt.Sprintf("author-%d", n%40), WrittenAt: now, Languages: []string{"uk", "en"},
		Content: exam.Item{ID: fmt.Sprintf("item-%06d", n), Kind: exam.Single, Topic: fmt.Sprintf("topic-%03d", n%scaleTopics), Stage: "pre-trial", Level: "apply", Stem: exam.Text{"uk": fmt.Sprintf("Питання про слово%d у справі", n%1000), "en": "A question about a word in a case"},
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

// nameOf is one of 50 first names and 2,000 family names, some far commoner than others.
func nameOf(n int) string {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	return fmt.Sprintf("Ім’я%c%c Прізвище%c%d", 'а'+rune(r.IntN(25)), 'а'+rune(r.IntN(2)), 'а'+rune(r.IntN(10)), min(r.IntN(200), r.IntN(200)))
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
	c := certs.Certificate{Schema: 2, ID: certs.ID(fmt.Sprintf("%016x%010d", rand.New(rand.NewPCG(uint64(n), 9)).Uint64(), n)), Version: 1, Attempt: attemptID(n), Person: personID(n % scalePeople), Payload: make([]byte, 150), StatusList: n / 100_000, StatusIndex: n % 100_000, State: certs.Valid,
		Statement: certs.Statement{Name: nameOf(n % scalePeople), Title: "Слідчий", Language: "uk", Exam: fmt.Sprintf("exam-%d", n%8), IssuedAt: now, ExpiresAt: now.Add(1000 * time.Hour)}, Events: []certs.Event{{At: now, State: certs.Valid}}}
	if n%100 == 0 {
		c.State = certs.Revoked
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
