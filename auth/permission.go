package auth

import "slices"

// Permission is one thing that a route lets a person do. Every route names
// exactly one.
type Permission string

// The permissions. Reading never implies writing and the other way round.
const (
	// SelfRead shows people their own account.
	SelfRead Permission = "self.read"
	// ExamsSit starts, saves, submits and shows one's own attempts.
	ExamsSit Permission = "exams.sit"
	// CertificatesOwn shows and downloads one's own certificates.
	CertificatesOwn Permission = "certificates.own"

	// BanksRead shows items with their keys and rationales.
	BanksRead Permission = "banks.read"
	// BanksImport adds releases and item revisions.
	BanksImport Permission = "banks.import"
	// BanksWrite edits working copies of banks: items, case texts, imports.
	BanksWrite Permission = "banks.write"
	// BanksComment comments on items of working copies.
	BanksComment Permission = "banks.comment"
	// BanksApprove approves another author's revisions, and sends them back.
	BanksApprove Permission = "banks.approve"
	// BanksRelease cuts a release of what is approved.
	BanksRelease Permission = "banks.release"

	// ExamsRead shows exams and blueprints, drafts too.
	ExamsRead Permission = "exams.read"
	// ExamsWrite edits drafts of exams and blueprints.
	ExamsWrite Permission = "exams.write"
	// ExamsPublish makes a draft binding, and retires an exam.
	ExamsPublish Permission = "exams.publish"

	// RegradesPropose corrects the key of an exam that was sat, and sees how many results
	// that would change, and withdraws what is not approved.
	RegradesPropose Permission = "regrades.propose"
	// RegradesApprove applies a corrected key to results and certificates.
	RegradesApprove Permission = "regrades.approve"

	// SittingsRead shows sittings.
	SittingsRead Permission = "sittings.read"
	// SittingsWrite plans sittings and entitles people.
	SittingsWrite Permission = "sittings.write"

	// PeopleRead shows accounts.
	PeopleRead Permission = "people.read"
	// PeopleWrite registers people, sets roles, disables, makes links. Who has
	// it can get every other permission, by giving a role.
	PeopleWrite Permission = "people.write"

	// AttemptsRead shows the state of other people's attempts, not their scores.
	AttemptsRead Permission = "attempts.read"
	// AttemptsExtend grants time and credits outages.
	AttemptsExtend Permission = "attempts.extend"
	// AttemptsVoid ends an attempt without result.
	AttemptsVoid Permission = "attempts.void"

	// ResultsRead shows other people's scores and responses.
	ResultsRead Permission = "results.read"
	// StandardsRate rates items on the panels that one is called to, without keys until
	// one has rated them.
	StandardsRate Permission = "standards.rate"
	// StandardsRun calls panels together, opens and closes their rounds, and signs.
	StandardsRun Permission = "standards.run"
	// MarkingMark marks responses of the exams that one is named for, without knowing whose
	// they are.
	MarkingMark Permission = "marking.mark"
	// MarkingRun names markers, and decides where two differ too much.
	MarkingRun Permission = "marking.run"
	// StatisticsRead shows item and test statistics without people.
	StatisticsRead Permission = "statistics.read"

	// CertificatesRead shows other people's certificates in full.
	CertificatesRead Permission = "certificates.read"
	// CertificatesRevoke suspends, reinstates and revokes certificates.
	CertificatesRevoke Permission = "certificates.revoke"
	// CertificatesIssue issues a certificate anew with the name corrected.
	CertificatesIssue Permission = "certificates.issue"

	// TemplatesWrite saves certificate templates.
	TemplatesWrite Permission = "templates.write"

	// AuditRead shows the audit log.
	AuditRead Permission = "audit.read"
)

// Permissions returns every permission, in the order of declaration.
func Permissions() []Permission {
	return []Permission{
		SelfRead, ExamsSit, CertificatesOwn,
		BanksRead, BanksImport, BanksWrite, BanksComment, BanksApprove, BanksRelease,
		ExamsRead, ExamsWrite, ExamsPublish,
		RegradesPropose, RegradesApprove,
		SittingsRead, SittingsWrite,
		PeopleRead, PeopleWrite,
		AttemptsRead, AttemptsExtend, AttemptsVoid,
		ResultsRead, StatisticsRead,
		StandardsRate, StandardsRun,
		MarkingMark, MarkingRun,
		CertificatesRead, CertificatesRevoke, CertificatesIssue, TemplatesWrite,
		AuditRead,
	}
}

// grants is the table: what each role may do. It gives the least that the
// role's work needs; whoever does two jobs has two roles. A role that it does
// not know grants nothing.
func grants(r Role) []Permission {
	switch r {
	case Learner:
		return []Permission{SelfRead, ExamsSit, CertificatesOwn}

	case Author: // writes, and learns from statistics; does not see people
		return []Permission{SelfRead, BanksRead, BanksImport, BanksWrite, BanksComment, BanksRelease, ExamsRead, ExamsWrite, RegradesPropose, StatisticsRead}

	case Reviewer: // a second pair of eyes: approves and cannot write
		return []Permission{SelfRead, BanksRead, BanksComment, BanksApprove, ExamsRead, StatisticsRead}

	case Judge: // sees the items of the panel, no people and no bank
		return []Permission{SelfRead, StandardsRate}

	case Marker: // sees one response at a time, no people, no other marks and no bank
		return []Permission{SelfRead, MarkingMark}

	case Invigilator: // in the room: who sits what and for how long; no keys, no scores
		return []Permission{SelfRead, SittingsRead, AttemptsRead, AttemptsExtend}

	case Administrator: // runs the service; does not approve items or sit exams
		return []Permission{
			SelfRead,
			BanksRead, BanksImport, BanksWrite, BanksComment, BanksRelease,
			ExamsRead, ExamsWrite, ExamsPublish,
			RegradesPropose, RegradesApprove,
			SittingsRead, SittingsWrite,
			PeopleRead, PeopleWrite,
			AttemptsRead, AttemptsExtend, AttemptsVoid,
			ResultsRead, StatisticsRead,
			StandardsRun, MarkingRun,
			CertificatesRead, CertificatesRevoke, CertificatesIssue, TemplatesWrite,
			AuditRead,
		}

	case Auditor: // everything that can be read, nothing that can be changed
		return []Permission{
			SelfRead, BanksRead, ExamsRead, SittingsRead, PeopleRead, AttemptsRead,
			ResultsRead, StatisticsRead, CertificatesRead, AuditRead,
		}
	}
	return nil
}

// Allows reports whether the role grants the permission.
func (r Role) Allows(p Permission) bool { return slices.Contains(grants(r), p) }
