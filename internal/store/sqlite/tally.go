package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/proba-exam/proba/exam"
)

// TallyAttempts implements exam.AttemptStore.
func (s *Store) TallyAttempts(ctx context.Context, sitting string) (exam.Tally, error) {
	all, err := s.tallies(ctx, "sitting = ?", sitting)
	return all[sitting], err
}

// TallySittings implements exam.AttemptStore. The index attempts_tally has all that it
// reads.
func (s *Store) TallySittings(ctx context.Context, sittings []string) (map[string]exam.Tally, error) {
	wanted, err := json.Marshal(sittings)
	if err != nil {
		return nil, fmt.Errorf("encode sittings: %w", err)
	}
	return s.tallies(ctx, "sitting IN (SELECT value FROM json_each(?))", string(wanted))
}

func (s *Store) tallies(ctx context.Context, where, of string) (map[string]exam.Tally, error) {
	stmt, err := s.query(ctx, "SELECT sitting, state, passed, COUNT(*), COALESCE(SUM(score), 0), COALESCE(SUM(max), 0) FROM attempts WHERE "+where+" GROUP BY sitting, state, passed")
	if err != nil {
		return nil, failed(ctx, err)
	}
	rows, err := stmt.QueryContext(ctx, of)
	if err != nil {
		return nil, failed(ctx, err)
	}
	defer rows.Close()
	all := make(map[string]exam.Tally)
	for rows.Next() {
		var sitting string
		var state exam.State
		var passed sql.NullBool // null without a result
		var n int
		var score, highest exam.Points
		if err := rows.Scan(&sitting, &state, &passed, &n, &score, &highest); err != nil {
			return nil, failed(ctx, err)
		}
		t := all[sitting]
		t.Add(state, n, passed.Valid, passed.Bool, score, highest)
		all[sitting] = t
	}
	if err := rows.Err(); err != nil {
		return nil, failed(ctx, err)
	}
	return all, nil
}
