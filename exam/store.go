package exam

import (
	"context"
	"time"
)

// Store keeps what the exam service decides. Two implementations exist, and one
// conformance suite holds both to the comments here.
//
// When a writing method returns nil, the change is on disk (on a majority of
// the replica set). When it returns an error that is not a conflict, the change
// may or may not have happened: the caller repeats the call, and every method
// is safe to repeat. Times are UTC with millisecond precision. Documents carry
// a schema number. A document that does not exist is fault NotFound with the
// code given; nothing returns (nil, nil).
type Store interface {
	BankStore
	ExamStore
	AttemptStore
	DrawStore
	FeedbackStore
	RegradeStore
	PanelStore
	ScriptStore
}

// ScriptFilter narrows a listing of scripts; an empty member does not.
type ScriptFilter struct {
	Exam, Attempt, Holder string
	Stage                 ScriptStage
	// NotBarred leaves out what may not be given to this person.
	NotBarred string
}

// ScriptStore keeps responses that people mark.
type ScriptStore interface {
	// InsertScript stores a new one. Conflict "script.exists" when the id, or the slot of
	// its attempt, is taken.
	InsertScript(ctx context.Context, c Script) error
	// UpdateScript is compare-and-set on Version. Conflict "script.stale".
	UpdateScript(ctx context.Context, c Script) error
	// Script returns it. "script.not_found".
	Script(ctx context.Context, id string) (Script, error)
	// Scripts lists by ascending id, from the first greater than after.
	Scripts(ctx context.Context, f ScriptFilter, after string, limit int) ([]Script, error)
	// CountScripts counts the scripts of the exams in any of the stages, by exam, without
	// those that may not be given to the person notBarred, "" for nobody. It stops at limit
	// scripts; an exam without any is left out.
	CountScripts(ctx context.Context, exams []string, stages []ScriptStage, notBarred string, limit int) (map[string]int, error)
	// ScriptsDue lists those whose DueAt is set and not after now, by ascending DueAt.
	ScriptsDue(ctx context.Context, now time.Time, limit int) ([]Script, error)
}

// PanelStore keeps standard settings.
type PanelStore interface {
	// InsertPanel stores a new one. Conflict "panel.exists" when the id is taken.
	InsertPanel(ctx context.Context, p Panel) error
	// UpdatePanel is compare-and-set on Version. Conflict "panel.stale".
	UpdatePanel(ctx context.Context, p Panel) error
	// Panel returns it. "panel.not_found".
	Panel(ctx context.Context, id string) (Panel, error)
	// PanelsOf lists an exam's by ascending id, from the first greater than after.
	PanelsOf(ctx context.Context, exam, after string, limit int) ([]Panel, error)

	// PutBallot stores the ballot of its panel and judge if the stored one has
	// b.Version, 0 for none yet, and counts the version up. Conflict "ballot.stale"
	// otherwise.
	PutBallot(ctx context.Context, b Ballot) error
	// Ballot returns it. "ballot.not_found".
	Ballot(ctx context.Context, panel, judge string) (Ballot, error)
	// BallotsIn lists a panel's by ascending judge, BallotsOf a judge's by ascending
	// panel, each from the first greater than after.
	BallotsIn(ctx context.Context, panel, after string, limit int) ([]Ballot, error)
	BallotsOf(ctx context.Context, judge, after string, limit int) ([]Ballot, error)
}

// RegradeFilter narrows a listing of changes; an empty member but Regrade does not.
type RegradeFilter struct {
	Regrade string
	Turn    Turn
	Letter  LetterState
}

// RegradeStore keeps key changes and what they mean for attempts.
type RegradeStore interface {
	// InsertRegrade stores a new one. Conflict "regrade.exists" when the id is taken.
	InsertRegrade(ctx context.Context, g Regrade) error
	// UpdateRegrade replaces the one whose stored version is g.Version, and counts the
	// version up. Conflict "regrade.stale_version" when it has another version.
	UpdateRegrade(ctx context.Context, g Regrade) error
	// Regrade returns it. "regrade.not_found".
	Regrade(ctx context.Context, id string) (Regrade, error)
	// RegradesOf lists an exam's by ascending id, from the first greater than after.
	RegradesOf(ctx context.Context, exam, after string, limit int) ([]Regrade, error)
	// RegradesDue lists those whose DueAt is set and not after now, by ascending DueAt.
	RegradesDue(ctx context.Context, now time.Time, limit int) ([]Regrade, error)

	// PutRegradeChange stores the change of its regrade and attempt if the stored one
	// has c.Version, 0 for none yet, and counts the version up. Conflict
	// "regrade_change.stale" otherwise.
	PutRegradeChange(ctx context.Context, c RegradeChange) error
	// RegradeChange returns it. "regrade_change.not_found".
	RegradeChange(ctx context.Context, regrade, attempt string) (RegradeChange, error)
	// RegradeChanges lists by ascending attempt, from the first greater than after.
	RegradeChanges(ctx context.Context, f RegradeFilter, after string, limit int) ([]RegradeChange, error)
}

// DrawStore keeps what drawing forms rests on beside banks and blueprints.
type DrawStore interface {
	// PutCalibration stores the calibration unless its hash is stored already, in
	// which case the stored one, with its date and author, stays.
	PutCalibration(ctx context.Context, c Calibration) error
	// Calibration returns it. "calibration.not_found".
	Calibration(ctx context.Context, hash string) (Calibration, error)

	// InsertExposure stores the first counts of an exam. Conflict
	// "exposure.exists" when the exam has some.
	InsertExposure(ctx context.Context, e Exposure) error
	// UpdateExposure replaces the counts whose stored version is e.Version, and
	// counts the version up. Conflict "exposure.stale" when they have another.
	UpdateExposure(ctx context.Context, e Exposure) error
	// Exposure returns an exam's counts. "exposure.not_found".
	Exposure(ctx context.Context, exam string) (Exposure, error)
}

// BankStore keeps releases, revisions and the images that they show. All are immutable.
type BankStore interface {
	// PutMedium stores the image unless its name is stored already.
	PutMedium(ctx context.Context, m Medium) error
	// Medium returns it. "media.not_found".
	Medium(ctx context.Context, name string) (Medium, error)
	// PinMedia marks images as shown by a revision or a case text that was kept, so
	// that they are never dropped. "media.not_found" when any is missing; others may
	// then be marked.
	PinMedia(ctx context.Context, names []string) error
	// DropMedium deletes an image that was never pinned. Conflict "media.pinned" when
	// it was; one that is not there is dropped already.
	DropMedium(ctx context.Context, name string) error

	// PutRevisions stores revisions that are not stored yet and leaves the
	// others alone.
	PutRevisions(ctx context.Context, revisions []Revision) error
	// Revisions returns the revisions of the given hashes in that order.
	// "revision.not_found" when any is missing.
	Revisions(ctx context.Context, hashes []string) ([]Revision, error)
	// PutRelease stores the release unless its hash is stored already, in which
	// case the stored one, with its date and author, stays. Its revisions must
	// have been put before: a release that can be read is complete.
	PutRelease(ctx context.Context, release Release) error
	// Release returns it. "release.not_found".
	Release(ctx context.Context, hash string) (Release, error)
	// Releases lists by ascending hash, from the first hash greater than after,
	// at most limit, without Items and Stimuli.
	Releases(ctx context.Context, after string, limit int) ([]Release, error)
}

// SittingFilter narrows a listing of sittings; an empty member does not narrow.
type SittingFilter struct {
	Exam, Region, Organisation, Cohort string
	// ClosesAfter leaves out the sittings that were closed at that moment.
	ClosesAfter time.Time
}

// ExamStore keeps exams, sittings and entitlements.
type ExamStore interface {
	// InsertExam stores a new exam. Conflict "exam.exists" when the id is taken.
	InsertExam(ctx context.Context, e Exam) error
	// UpdateExam replaces the exam whose stored version is e.Version, and counts
	// the version up. Conflict "exam.stale" when it has another version.
	UpdateExam(ctx context.Context, e Exam) error
	// Exam returns it. "exam.not_found".
	Exam(ctx context.Context, id string) (Exam, error)
	// Exams lists by ascending id, from the first id greater than after.
	Exams(ctx context.Context, after string, limit int) ([]Exam, error)

	// InsertSitting stores a new sitting. Conflict "sitting.exists".
	InsertSitting(ctx context.Context, s Sitting) error
	// UpdateSitting is compare-and-set on Version. Conflict "sitting.stale".
	UpdateSitting(ctx context.Context, s Sitting) error
	// Sitting returns it. "sitting.not_found".
	Sitting(ctx context.Context, id string) (Sitting, error)
	// Sittings lists by ascending id, from the first id greater than after.
	Sittings(ctx context.Context, f SittingFilter, after string, limit int) ([]Sitting, error)

	// PutEntitlement stores that a person may sit; for the same person and
	// sitting it replaces the accommodation and keeps the rest.
	PutEntitlement(ctx context.Context, e Entitlement) error
	// TellEntitlement sets ToldAt to at where it is zero, and reports whether it did: of
	// any number of concurrent calls exactly one is the first. False also when there is
	// no such entitlement.
	TellEntitlement(ctx context.Context, sitting, person string, at time.Time) (first bool, err error)
	// UntellEntitlement sets ToldAt to zero, so that the next TellEntitlement is the first
	// again. Nothing happens where it is zero or there is no such entitlement.
	UntellEntitlement(ctx context.Context, sitting, person string) error
	// Entitlement returns it. "entitlement.not_found".
	Entitlement(ctx context.Context, sitting, person string) (Entitlement, error)
	// EntitlementsOf lists a person's, by ascending sitting id.
	EntitlementsOf(ctx context.Context, person, after string, limit int) ([]Entitlement, error)
	// PutAccessKey stores the key of a sitting's codes in the place of any other.
	PutAccessKey(ctx context.Context, k AccessKey) error
	// AccessKey returns it. "access_key.not_found".
	AccessKey(ctx context.Context, sitting string) (AccessKey, error)

	// EntitlementsIn lists a sitting's, by ascending person id.
	EntitlementsIn(ctx context.Context, sitting, after string, limit int) ([]Entitlement, error)
	// NotBegun is EntitlementsIn, of people without any attempt in the sitting.
	NotBegun(ctx context.Context, sitting, after string, limit int) ([]Entitlement, error)
	// Attendance counts the entitlements of a sitting and the people with an attempt in it.
	Attendance(ctx context.Context, sitting string) (Attendance, error)
}

// AttemptFilter narrows a listing; an empty member does not narrow.
type AttemptFilter struct {
	Exam    string
	Sitting string
	Person  string
	State   State
}

// AttemptStore keeps attempts.
type AttemptStore interface {
	// InsertAttempt stores a new attempt, form and all. Conflict
	// "attempt.exists" when the id, or the number of this person at this exam,
	// is taken.
	InsertAttempt(ctx context.Context, a Attempt) error
	// Attempt returns the whole attempt. "attempt.not_found".
	Attempt(ctx context.Context, id string) (Attempt, error)
	// Attempts lists by ascending id, from the first id greater than after, at
	// most limit, without Form, Responses and Late.
	Attempts(ctx context.Context, f AttemptFilter, after string, limit int) ([]Attempt, error)
	// TallyAttempts sums up the sitting's attempts.
	TallyAttempts(ctx context.Context, sitting string) (Tally, error)
	// TallySittings sums up the attempts of each of the sittings; one without any is left
	// out.
	TallySittings(ctx context.Context, sittings []string) (map[string]Tally, error)
	// UpdateAttempt replaces everything but Form, Responses and Late of the
	// attempt whose stored version is a.Version, and counts the version up.
	// Conflict "attempt.stale" when it has another version; saving responses
	// counts the version up too, so that who hands in has seen every answer.
	UpdateAttempt(ctx context.Context, a Attempt) error

	// SaveResponses applies s if Attempt.Admit(s, now) allows it for the stored
	// attempt at the moment of the write, and returns Admit's fault otherwise.
	// A response is stored with its WorkedMS unless the slot holds one with the same or a
	// higher Seq, so that repeats and reorders change nothing; an empty response is
	// stored too. Attempt.Seq becomes the higher of the two, SavedAt becomes
	// now, Version counts up by one, all in one write. slots is the number of
	// slots of the form, for the digest.
	SaveResponses(ctx context.Context, id string, s Save, slots int, now time.Time) (Ack, error)
	// Heard notes when the learner's device was heard. It leaves the version and all
	// else alone, and UpdateAttempt leaves it alone. "attempt.not_found".
	Heard(ctx context.Context, id string, now time.Time) error
	// KeepLate appends to Late of the attempt, up to MaxLate entries; further
	// ones are dropped. A repeat of the same writer and sequence is dropped too.
	KeepLate(ctx context.Context, id string, late LateSave) error

	// Due lists attempts whose DueAt is set and not after now, by ascending
	// DueAt, at most limit, without Form, Responses and Late.
	Due(ctx context.Context, now time.Time, limit int) ([]Attempt, error)
}
