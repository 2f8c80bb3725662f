package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/lookup"
)

// scaleList is a list or search of the workbench; ask returns how many rows it showed.
type scaleList struct {
	name string
	ask  func(context.Context, *Store) (int, error)
}

// scaleLists are all of them, each somewhere else every time.
func scaleLists(r *rand.Rand) []scaleList {
	somewhere := func() string { return attemptID(r.IntN(scaleAttempts)) }
	sitting := func() string { return fmt.Sprintf("sitting-%04d", r.IntN(scaleSittings)) }
	return []scaleList{
		{"attempts, from anywhere", func(ctx context.Context, s *Store) (int, error) {
			return count(s.Attempts(ctx, exam.AttemptFilter{}, somewhere(), 50))
		}},
		{"attempts of a sitting: its room", func(ctx context.Context, s *Store) (int, error) {
			return count(s.Attempts(ctx, exam.AttemptFilter{Sitting: sitting()}, "", 200))
		}},
		{"attempts of a sitting in one state", func(ctx context.Context, s *Store) (int, error) {
			return count(s.Attempts(ctx, exam.AttemptFilter{Sitting: sitting(), State: exam.Released}, "", 200))
		}},
		{"attempts in a rare state", func(ctx context.Context, s *Store) (int, error) {
			return count(s.Attempts(ctx, exam.AttemptFilter{State: exam.Running}, "", 50))
		}},
		{"attempts of an exam", func(ctx context.Context, s *Store) (int, error) {
			return count(s.Attempts(ctx, exam.AttemptFilter{Exam: "exam-3"}, somewhere(), 50))
		}},
		{"attempts of a person", func(ctx context.Context, s *Store) (int, error) {
			return count(s.Attempts(ctx, exam.AttemptFilter{Person: personID(r.IntN(scalePeople))}, "", 50))
		}},
		{"attempts of a person at an exam", func(ctx context.Context, s *Store) (int, error) {
			return count(s.Attempts(ctx, exam.AttemptFilter{Exam: fmt.Sprintf("exam-%d", r.IntN(8)), Person: personID(r.IntN(scalePeople))}, "", 50))
		}},
		{"the sum of a sitting", func(ctx context.Context, s *Store) (int, error) {
			sum, err := s.TallyAttempts(ctx, sitting())
			return sum.All(), err
		}},
		{"what is due", func(ctx context.Context, s *Store) (int, error) { return count(s.Due(ctx, time.Now(), 50)) }},
		{"sittings of an exam", func(ctx context.Context, s *Store) (int, error) {
			return count(s.Sittings(ctx, exam.SittingFilter{Exam: fmt.Sprintf("exam-%d", r.IntN(8))}, sitting(), 50))
		}},
		{"sittings of a region", func(ctx context.Context, s *Store) (int, error) {
			return count(s.Sittings(ctx, exam.SittingFilter{Region: fmt.Sprintf("region-%02d", r.IntN(25))}, "", 50))
		}},
		{"items of a bank, from anywhere", func(ctx context.Context, s *Store) (int, error) {
			return count(s.Items(ctx, authoring.Filter{Bank: "bank"}, fmt.Sprintf("item-%06d", r.IntN(scaleItems)), 50))
		}},
		{"items of a topic", func(ctx context.Context, s *Store) (int, error) {
			return count(s.Items(ctx, authoring.Filter{Bank: "bank", Topic: fmt.Sprintf("topic-%03d", r.IntN(scaleTopics))}, "", 50))
		}},
		{"items in a state of a topic", func(ctx context.Context, s *Store) (int, error) {
			return count(s.Items(ctx, authoring.Filter{Bank: "bank", Topic: fmt.Sprintf("topic-%03d", r.IntN(scaleTopics)), State: authoring.Draft}, "", 50))
		}},
		{"items by a rare word", func(ctx context.Context, s *Store) (int, error) {
			return count(s.Items(ctx, authoring.Filter{Bank: "bank", Words: []string{fmt.Sprintf("слово%d", r.IntN(1000))}}, "", 50))
		}},
		{"items by a word of all", func(ctx context.Context, s *Store) (int, error) {
			return count(s.Items(ctx, authoring.Filter{Bank: "bank", Words: []string{"питання"}}, "", 50))
		}},
		{"items by a word of every thirtieth", func(ctx context.Context, s *Store) (int, error) {
			return items(ctx, s, authoring.Filter{Words: []string{"тридцят"}})
		}},
		{"items by a word of the last twentieth", func(ctx context.Context, s *Store) (int, error) {
			return items(ctx, s, authoring.Filter{Words: []string{"наприкінці"}})
		}},
		{"items by a word of the last half", func(ctx context.Context, s *Store) (int, error) {
			return items(ctx, s, authoring.Filter{Words: []string{"половина"}})
		}},
		{"items by two words of all", func(ctx context.Context, s *Store) (int, error) {
			return items(ctx, s, authoring.Filter{Words: []string{"питання", "справі"}})
		}},
		{"items by a common and a rare word", func(ctx context.Context, s *Store) (int, error) {
			return items(ctx, s, authoring.Filter{Words: []string{"питання", fmt.Sprintf("слово%d", 100+r.IntN(900))}})
		}},
		{"items by two letters", func(ctx context.Context, s *Store) (int, error) {
			return items(ctx, s, authoring.Filter{Words: []string{"пи"}})
		}},
		{"drafts of a topic by a word of all", func(ctx context.Context, s *Store) (int, error) {
			return items(ctx, s, authoring.Filter{Topic: fmt.Sprintf("topic-%03d", r.IntN(scaleTopics)), State: authoring.Draft, Words: []string{"питання"}})
		}},
		{"drafts by a word of every thirtieth", func(ctx context.Context, s *Store) (int, error) {
			return items(ctx, s, authoring.Filter{State: authoring.Draft, Words: []string{"тридцят"}})
		}},
		{"items of a language by a word of all", func(ctx context.Context, s *Store) (int, error) {
			return items(ctx, s, authoring.Filter{Language: "en", Words: []string{"питання"}})
		}},
		{"items of a language by a late word", func(ctx context.Context, s *Store) (int, error) {
			return items(ctx, s, authoring.Filter{Language: "en", Words: []string{"половина"}})
		}},
		{"people, from anywhere", func(ctx context.Context, s *Store) (int, error) {
			return count(s.People(ctx, personID(r.IntN(scalePeople)), 50))
		}},
		{"people by a whole name", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindPeople(ctx, lookup.Name(nameOf(r.IntN(scalePeople))), "", 50))
		}},
		{"people by the beginning of a name", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindPeople(ctx, lookup.Name(fmt.Sprintf("прізвищеб%d", r.IntN(10))), "", 50))
		}},
		{"people by two letters", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindPeople(ctx, []string{"ім"}, personID(r.IntN(scalePeople)), 50))
		}},
		{"people by a common and a rare name", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindPeople(ctx, []string{"ім", "прізвищеа199"}, "", 50))
		}},
		{"people by a name of late comers", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindPeople(ctx, []string{"пізнюк"}, "", 50))
		}},
		{"people by a name, the last page", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindPeople(ctx, []string{"імяа"}, personID(scalePeople-60), 50))
		}},
		{"certificates, from anywhere", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindCertificates(ctx, certs.Filter{}, somewhereIn(r), 50))
		}},
		{"certificates by a whole name", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindCertificates(ctx, certs.Filter{Words: lookup.Name(nameOf(r.IntN(scalePeople)))}, "", 50))
		}},
		{"certificates by a common name", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindCertificates(ctx, certs.Filter{Words: []string{"імяа"}}, "", 50))
		}},
		{"certificates by the beginning of a name", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindCertificates(ctx, certs.Filter{Words: []string{fmt.Sprintf("прізвищеб%d", r.IntN(10))}}, "", 50))
		}},
		{"certificates of an exam by name", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindCertificates(ctx, certs.Filter{Exam: "exam-4", Words: []string{fmt.Sprintf("прізвищев%d", 1+r.IntN(9))}}, "", 50))
		}},
		{"valid certificates of an exam by name", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindCertificates(ctx, certs.Filter{Exam: "exam-4", Words: []string{"пізнюк"}}.In(certs.Valid, time.Now()), "", 50))
		}},
		{"revoked certificates by a rarer name", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindCertificates(ctx, certs.Filter{State: certs.Revoked, Words: []string{"пізнюк"}}, "", 50))
		}},
		{"expired certificates", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindCertificates(ctx, certs.Filter{}.In(certs.Expired, time.Now()), somewhereIn(r), 50))
		}},
		{"certificates that ended before all", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindCertificates(ctx, certs.Filter{EndedBy: time.Unix(1, 0)}, "", 50))
		}},
		{"expired certificates by name", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindCertificates(ctx, certs.Filter{Words: []string{"імяб"}}.In(certs.Expired, time.Now()), "", 50))
		}},
		{"revoked certificates of an exam", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindCertificates(ctx, certs.Filter{State: certs.Revoked, Exam: "exam-4"}, somewhereIn(r), 50))
		}},
		{"valid certificates of an exam", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindCertificates(ctx, certs.Filter{Exam: "exam-4"}.In(certs.Valid, time.Now()), somewhereIn(r), 50))
		}},
		{"revoked certificates by name", func(ctx context.Context, s *Store) (int, error) {
			return count(s.FindCertificates(ctx, certs.Filter{State: certs.Revoked, Words: []string{"імяб"}}, "", 50))
		}},
		{"the audit log of an object", func(ctx context.Context, s *Store) (int, error) {
			_, err := s.Entries(ctx, audit.Filter{Object: "sittings/x"}, 1<<40, 50)
			return 1, err
		}},
	}
}

func items(ctx context.Context, s *Store, f authoring.Filter) (int, error) {
	f.Bank = "bank"
	return count(s.Items(ctx, f, "", 50))
}

func count[T any](all []T, err error) (int, error) { return len(all), err }

// somewhereIn is an id between those of certificates.
func somewhereIn(r *rand.Rand) certs.ID {
	return certs.ID(fmt.Sprintf("%c%c%c", 'A'+r.IntN(26), 'A'+r.IntN(26), 'A'+r.IntN(26)))
}
