// Package store holds what the stores share: the faults by which their contract
// answers. The contract itself is the Store interface of each domain package;
// the implementations are in the subpackages sqlite and mongo, and the suite
// that holds both to it is in storetest.
package store

import "github.com/proba-exam/proba/internal/fault"

// The faults of banks, exams, sittings and entitlements.
var (
	ReleaseMissing     = fault.New(fault.NotFound, "release.not_found", "There is no such bank release.")
	RevisionMissing    = fault.New(fault.NotFound, "revision.not_found", "A revision of this release is not stored.")
	MediumMissing      = fault.New(fault.NotFound, "media.not_found", "There is no such image.")
	MediumPinned       = fault.New(fault.Conflict, "media.pinned", "A text that is kept shows this image; it stays.")
	ExamMissing        = fault.New(fault.NotFound, "exam.not_found", "There is no such exam.")
	ExamTaken          = fault.New(fault.Conflict, "exam.exists", "Another exam has this id.")
	ExamStale          = fault.New(fault.Conflict, "exam.stale", "This exam was changed meanwhile; load it again.")
	SittingMissing     = fault.New(fault.NotFound, "sitting.not_found", "There is no such sitting.")
	SittingTaken       = fault.New(fault.Conflict, "sitting.exists", "Another sitting has this id.")
	SittingStale       = fault.New(fault.Conflict, "sitting.stale", "This sitting was changed meanwhile; load it again.")
	AccessKeyMissing   = fault.New(fault.NotFound, "access_key.not_found", "This sitting has no codes yet; make new ones.")
	EntitlementMissing = fault.New(fault.NotFound, "entitlement.not_found", "There is no such sitting for this person.")
)

// The faults of what drawing rests on.
var (
	CalibrationMissing = fault.New(fault.NotFound, "calibration.not_found", "There is no such calibration.")
	ExposureMissing    = fault.New(fault.NotFound, "exposure.not_found", "No form of this exam was counted yet.")
	ExposureTaken      = fault.New(fault.Conflict, "exposure.exists", "This exam has counts already.")
	ExposureStale      = fault.New(fault.Conflict, "exposure.stale", "These counts were changed meanwhile; load them again.")
)

// The faults of attempts and of what is said of them.
var (
	AttemptMissing  = fault.New(fault.NotFound, "attempt.not_found", "There is no such attempt.")
	AttemptTaken    = fault.New(fault.Conflict, "attempt.exists", "This attempt was started already.")
	FeedbackMissing = fault.New(fault.NotFound, "feedback.not_found", "Nothing was said of this attempt.")
	FeedbackStale   = fault.New(fault.Conflict, "feedback.stale", "This feedback was changed meanwhile; load it again.")
	AttemptStale    = fault.New(fault.Conflict, "attempt.stale", "This attempt was changed meanwhile; load it again.")
)

// The faults of key changes.
var (
	RegradeMissing       = fault.New(fault.NotFound, "regrade.not_found", "There is no such key change.")
	RegradeTaken         = fault.New(fault.Conflict, "regrade.exists", "Another key change has this id.")
	RegradeStale         = fault.New(fault.Conflict, "regrade.stale_version", "This key change was worked on meanwhile; load it again.")
	RegradeChangeMissing = fault.New(fault.NotFound, "regrade_change.not_found", "This key change means nothing for this attempt.")
	RegradeChangeStale   = fault.New(fault.Conflict, "regrade_change.stale", "This was changed meanwhile; load it again.")
)

// The faults of panels.
var (
	PanelMissing  = fault.New(fault.NotFound, "panel.not_found", "There is no such panel.")
	PanelTaken    = fault.New(fault.Conflict, "panel.exists", "Another panel has this id.")
	PanelStale    = fault.New(fault.Conflict, "panel.stale", "This panel was changed meanwhile; load it again.")
	BallotMissing = fault.New(fault.NotFound, "ballot.not_found", "This person is not a judge of the panel.")
	BallotStale   = fault.New(fault.Conflict, "ballot.stale", "These ratings were changed meanwhile; load them again.")
)

// The faults of scripts.
var (
	ScriptMissing = fault.New(fault.NotFound, "script.not_found", "You have no such response to mark.")
	ScriptTaken   = fault.New(fault.Conflict, "script.exists", "This response is to be marked already.")
	ScriptStale   = fault.New(fault.Conflict, "script.stale", "This response was marked meanwhile; load it again.")
)

// The faults of statistics.
var (
	StatisticsMissing     = fault.New(fault.NotFound, "statistics.not_found", "Nobody has asked for statistics of this exam.")
	StatisticsTaken       = fault.New(fault.Conflict, "statistics.exists", "The statistics of this exam were asked for already.")
	StatisticsStale       = fault.New(fault.Conflict, "statistics.stale", "These statistics were worked on meanwhile.")
	StatisticsPartMissing = fault.New(fault.NotFound, "statistics.part_not_found", "These statistics were not computed yet.")
)

// The faults of people, families and links.
var (
	PersonMissing = fault.New(fault.NotFound, "person.not_found", "There is no such person.")
	PersonTaken   = fault.New(fault.Conflict, "person.exists", "Another person has this id.")
	PersonStale   = fault.New(fault.Conflict, "person.stale", "This person was changed meanwhile; load them again.")
	EmailTaken    = fault.New(fault.Conflict, "person.email_taken", "Another person has this e-mail address.")
	FamilyMissing = fault.New(fault.NotFound, "family.not_found", "There is no such session.")
	FamilyTaken   = fault.New(fault.Conflict, "family.exists", "Another session has this id.")
	FamilyStale   = fault.New(fault.Conflict, "family.stale", "This session was changed meanwhile.")
	LinkMissing   = fault.New(fault.NotFound, "link.not_found", "There is no such link.")
	LinkTaken     = fault.New(fault.Conflict, "link.exists", "Another link has this secret.")
	LinkSpent     = fault.New(fault.Conflict, "link.spent", "This link was used already; ask for another one.")
	LinkExpired   = fault.New(fault.Conflict, "link.expired", "This link is too old; ask for another one.")
)

// The faults of working copies of banks.
var (
	CopyMissing   = fault.New(fault.NotFound, "copy.not_found", "This bank has no working copy.")
	CopyTaken     = fault.New(fault.Conflict, "copy.exists", "This bank has a working copy already.")
	CopyStale     = fault.New(fault.Conflict, "copy.stale", "This bank was changed meanwhile; load it again.")
	ItemMissing   = fault.New(fault.NotFound, "item.not_found", "This bank has no such item.")
	ItemStale     = fault.New(fault.Conflict, "item.stale", "This item was changed meanwhile; load it again.")
	ImportMissing = fault.New(fault.NotFound, "import.not_found", "There is no such import.")
	ImportTaken   = fault.New(fault.Conflict, "import.exists", "Another import has this id.")
	ImportStale   = fault.New(fault.Conflict, "import.stale", "This import was applied meanwhile.")

	ImportPartMissing = fault.New(fault.NotFound, "import.part_not_found", "A part of this import is not stored.")
)

// The faults of certificates.
var (
	CertificateMissing = fault.New(fault.NotFound, "certificate.not_found", "There is no such certificate.")
	CertificateTaken   = fault.New(fault.Conflict, "certificate.exists", "This certificate exists already.")
	TemplateMissing    = fault.New(fault.NotFound, "template.not_found", "There is no such certificate template.")
	TemplateTaken      = fault.New(fault.Conflict, "template.exists", "This revision of the template exists already.")
	CertificateStale   = fault.New(fault.Conflict, "certificate.stale", "This certificate was changed meanwhile; load it again.")
)

// The faults of the audit log.
var (
	AuditMissing = fault.New(fault.NotFound, "audit.not_found", "There is no such entry in the audit log.")
	AuditTaken   = fault.New(fault.Conflict, "audit.taken", "The audit log has another entry with this number.")
)

// The faults of status lists and of the transparency log.
var (
	StatusListMissing = fault.New(fault.NotFound, "status_list.not_found", "There is no such status list.")
	StatusListStale   = fault.New(fault.Conflict, "status_list.stale", "This status list was published meanwhile.")
	EntryMissing      = fault.New(fault.NotFound, "log.entry_not_found", "The log has no such entry.")
	LogMissing        = fault.New(fault.NotFound, "log.not_found", "The log is empty.")
	LogStale          = fault.New(fault.Conflict, "log.stale", "The log has grown meanwhile.")
	TileMissing       = fault.New(fault.NotFound, "log.tile_not_found", "The log has no such tile.")
	CheckpointMissing = fault.New(fault.NotFound, "log.checkpoint_not_found", "The log has signed no such checkpoint.")
	CheckpointStale   = fault.New(fault.Conflict, "log.checkpoint_stale", "This checkpoint was cosigned meanwhile.")
)

// Unavailable is the passing failure of any store: it did not answer in time,
// or is not there. The call may or may not have happened, and may be repeated.
func Unavailable(cause error) error {
	return fault.New(fault.Unavailable, "store.unavailable", "The store did not answer in time; try again.").Wrap(cause)
}
