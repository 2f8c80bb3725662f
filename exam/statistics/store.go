package statistics

import (
	"context"
	"time"
)

// Store keeps jobs and what they found. Two implementations exist, and one conformance
// suite holds both to the comments here; what exam.Store promises of writes holds here
// too.
type Store interface {
	// InsertJob stores a new one. Conflict "statistics.exists" when the exam has one.
	InsertJob(ctx context.Context, j Job) error
	// UpdateJob replaces the job whose stored version is j.Version, and counts the
	// version up. Conflict "statistics.stale" when it has another version.
	UpdateJob(ctx context.Context, j Job) error
	// Job returns it by its exam. "statistics.not_found".
	Job(ctx context.Context, exam string) (Job, error)
	// JobsDue lists those whose DueAt is set and not after now, by ascending DueAt.
	JobsDue(ctx context.Context, now time.Time, limit int) ([]Job, error)

	// PutPart stores p instead of the part of its exam and name, unless a later run has
	// stored that: then it changes nothing and says no error.
	PutPart(ctx context.Context, p Part) error
	// Part returns it. "statistics.part_not_found".
	Part(ctx context.Context, exam, name string) (Part, error)
}

// Part is something that a run stored.
type Part struct {
	Exam string `json:"exam"`
	Name string `json:"name"`
	Run  int    `json:"run"`
	// Data is JSON of the type that the name stands for.
	Data []byte `json:"data"`
}
