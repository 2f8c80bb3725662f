package sqlite

import (
	"context"
	"math"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
)

// chore is how many attempts are taken down at a time: 60 slots each take a third of a
// millisecond, and who saves an answer meanwhile waits for the whole chore.
const chore = 50

// sight notes that the new attempt's form is to be taken down, which costs more than the
// start itself and can wait until nobody presses Start.
func sight(t *tx, a *exam.Attempt) error {
	_, err := t.exec("INSERT INTO unsighted (attempt) VALUES (?)", a.ID)
	return err
}

// takeDown takes down what the forms of some new attempts hold, and reports whether there
// are more. Revisions and attempts have numbers in these tables, so that a row takes some
// ten bytes and not a hundred: there is one for every slot that was ever drawn.
func takeDown(t *tx) (more bool, err error) {
	const some = "(SELECT attempt FROM unsighted ORDER BY attempt LIMIT ?)"
	const slots = "forms AS f, json_each(f.doc, '$.slots') AS slot WHERE f.attempt IN " + some
	for _, statement := range []string{
		"INSERT OR IGNORE INTO sighted_attempts (attempt) SELECT attempt FROM unsighted ORDER BY attempt LIMIT ?",
		"INSERT OR IGNORE INTO sighted_revisions (revision) SELECT DISTINCT slot.value ->> '$.item.revision' AS held FROM " + slots + " AND held IS NOT NULL",
		`INSERT OR IGNORE INTO sightings (revision, attempt) SELECT r.n, a.n FROM forms AS f CROSS JOIN json_each(f.doc, '$.slots') AS slot
			CROSS JOIN sighted_revisions AS r ON r.revision = slot.value ->> '$.item.revision' CROSS JOIN sighted_attempts AS a ON a.attempt = f.attempt WHERE f.attempt IN ` + some,
	} {
		if _, err := t.exec(statement, chore); err != nil {
			return false, err
		}
	}
	n, err := t.exec("DELETE FROM unsighted WHERE attempt IN "+some, chore)
	return n == chore, err
}

// takeAllDown is for who wants to know now.
func (s *Store) takeAllDown(ctx context.Context) error {
	for more := s.writer != nil; more; {
		if err := s.do(ctx, func(t *tx) (err error) {
			more, err = takeDown(t)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// revisionNumbers are those of the revisions in a JSON array.
const revisionNumbers = "SELECT n FROM sighted_revisions WHERE revision IN (SELECT value FROM json_each(?))"

// CountSightings implements authoring.Store.
func (s *Store) CountSightings(ctx context.Context, revisions []string) (int, error) {
	wanted, err := encode(revisions)
	if err == nil {
		err = s.takeAllDown(ctx)
	}
	if err != nil {
		return 0, err
	}
	stmt, err := s.query(ctx, "SELECT count(DISTINCT attempt) FROM sightings WHERE revision IN ("+revisionNumbers+")")
	if err != nil {
		return 0, failed(ctx, err)
	}
	var n int
	if err := stmt.QueryRowContext(ctx, wanted).Scan(&n); err != nil {
		return 0, failed(ctx, err)
	}
	return n, nil
}

// Sightings implements authoring.Store.
func (s *Store) Sightings(ctx context.Context, revisions []string, before string, limit int) ([]authoring.Sighting, error) {
	wanted, err := encode(revisions)
	if err == nil {
		err = s.takeAllDown(ctx)
	}
	if err != nil {
		return nil, err
	}
	stmt, err := s.query(ctx, `SELECT a.id, a.exam, a.sitting, a.person, a.state, a.doc ->> '$.started_at' FROM
		(SELECT DISTINCT attempt FROM sightings WHERE revision IN (`+revisionNumbers+`)
			AND attempt < coalesce((SELECT n FROM sighted_attempts WHERE attempt = ?), ?) ORDER BY attempt DESC LIMIT ?) AS s
		JOIN sighted_attempts AS k ON k.n = s.attempt JOIN attempts AS a ON a.id = k.attempt ORDER BY s.attempt DESC`)
	if err != nil {
		return nil, failed(ctx, err)
	}
	rows, err := stmt.QueryContext(ctx, wanted, before, int64(math.MaxInt64), limit)
	if err != nil {
		return nil, failed(ctx, err)
	}
	defer rows.Close()
	var all []authoring.Sighting
	for rows.Next() {
		var g authoring.Sighting
		var at string
		if err := rows.Scan(&g.Attempt, &g.Exam, &g.Sitting, &g.Person, &g.State, &at); err != nil {
			return nil, failed(ctx, err)
		}
		if err := g.StartedAt.UnmarshalText([]byte(at)); err != nil {
			return nil, failed(ctx, err)
		}
		all = append(all, g)
	}
	if err := rows.Err(); err != nil {
		return nil, failed(ctx, err)
	}
	return all, nil
}
