package api

import "github.com/proba-exam/proba/auth"

// importPath takes longer bodies than all others; so does the import into a working copy,
// which lies below copiesPath.
const (
	importPath = "/api/v1/banks/releases"
	copiesPath = "/api/v1/working-copies/"
)

// interfaceTable is what programs call: the JSON interface, and the public files of
// the issuer and its log.
func (s *server) interfaceTable() table {
	return table{byToken, []route{
		{"POST", "/api/v1/auth/sign-in", "signIn", "", maxBody, guessing, s.signIn},
		{"POST", "/api/v1/auth/refresh", "refresh", "", maxBody, presenting, s.refresh},
		{"POST", "/api/v1/auth/sign-out", "signOut", "", maxBody, presenting, s.signOut},
		{"POST", "/api/v1/auth/redeem", "redeemLink", "", maxBody, presenting, s.redeem},

		{"GET", "/api/v1/me", "me", auth.SelfRead, 0, unlimited, s.me},
		{"GET", "/api/v1/me/offers", "listOffers", auth.ExamsSit, 0, unlimited, s.offers},
		{"POST", "/api/v1/me/sittings/:sitting/attempt", "startAttempt", auth.ExamsSit, maxBody, unlimited, s.start},
		{"POST", "/api/v1/me/attempts/:attempt/resume", "resumeAttempt", auth.ExamsSit, maxBody, unlimited, s.resume},
		{"PUT", "/api/v1/me/attempts/:attempt/responses", "saveResponses", auth.ExamsSit, maxBody, unlimited, s.saveByProgram},
		{"POST", "/api/v1/me/attempts/:attempt/submit", "submitAttempt", auth.ExamsSit, maxBody, unlimited, s.submit},
		{"GET", "/api/v1/me/attempts/:attempt/outcome", "attemptOutcome", auth.ExamsSit, 0, unlimited, s.outcome},
		{"GET", "/api/v1/me/attempts/:attempt/media/:medium", "attemptMedium", auth.ExamsSit, 0, unlimited, s.myMedium},
		{"GET", "/api/v1/me/certificates", "listMyCertificates", auth.CertificatesOwn, 0, unlimited, s.myCertificates},
		{"GET", "/api/v1/me/certificates/:certificate/pdf", "certificatePDF", auth.CertificatesOwn, 0, unlimited, s.certificatePDF},
		{"GET", "/api/v1/me/certificates/:certificate/files/:file", "myCertificateFile", auth.CertificatesOwn, 0, unlimited, s.myCertificateFile},

		{"POST", importPath, "importRelease", auth.BanksImport, maxImport, unlimited, s.importRelease},
		{"GET", "/api/v1/banks/releases", "listReleases", auth.BanksRead, 0, unlimited, s.releases},

		{"POST", "/api/v1/exams", "createExam", auth.ExamsWrite, maxBody, unlimited, s.createExam},
		{"GET", "/api/v1/exams", "listExams", auth.ExamsRead, 0, unlimited, s.exams},
		{"GET", "/api/v1/exams/:exam", "getExam", auth.ExamsRead, 0, unlimited, s.exam},
		{"PUT", "/api/v1/exams/:exam/calibration", "calibrateExam", auth.ExamsWrite, maxBody, unlimited, s.calibrate},
		{"POST", "/api/v1/exams/:exam/publish", "publishExam", auth.ExamsPublish, maxBody, unlimited, s.publish},
		{"GET", "/api/v1/exams/:exam/feedback", "listFeedback", auth.StatisticsRead, 0, unlimited, s.feedback},

		{"POST", "/api/v1/sittings", "createSitting", auth.SittingsWrite, maxBody, unlimited, s.createSitting},
		{"GET", "/api/v1/sittings", "listSittings", auth.SittingsRead, 0, unlimited, s.sittings},
		{"POST", "/api/v1/sittings/:sitting/learners", "registerLearners", auth.PeopleWrite, maxBody, unlimited, s.registerLearners},
		{"GET", "/api/v1/sittings/:sitting/learners", "listLearners", auth.PeopleRead, 0, unlimited, s.learners},
		{"PUT", "/api/v1/people/:person/name", "renamePerson", auth.PeopleWrite, maxBody, unlimited, s.renamePerson},

		{"GET", "/api/v1/attempts", "listAttempts", auth.AttemptsRead, 0, unlimited, s.attempts},
		{"GET", "/api/v1/results", "listResults", auth.ResultsRead, 0, unlimited, s.results},
		{"POST", "/api/v1/receipts/check", "checkReceipt", auth.AttemptsRead, maxBody, unlimited, s.checkReceipt},
		{"GET", "/api/v1/attempts/:attempt/result", "attemptResult", auth.ResultsRead, 0, unlimited, s.result},
		{"POST", "/api/v1/attempts/:attempt/void", "voidAttempt", auth.AttemptsVoid, maxBody, unlimited, s.void},
		{"POST", "/api/v1/attempts/:attempt/extend", "extendAttempt", auth.AttemptsExtend, maxBody, unlimited, s.extend},
		{"POST", "/api/v1/attempts/:attempt/release", "releaseAttempt", auth.AttemptsVoid, maxBody, unlimited, s.release},

		{"GET", "/api/v1/certificates", "listCertificates", auth.CertificatesRead, 0, unlimited, s.certificates},
		{"GET", "/api/v1/certificates/:certificate", "getCertificate", auth.CertificatesRead, 0, unlimited, s.certificate},
		{"GET", "/api/v1/certificates/:certificate/files/:file", "certificateFile", auth.CertificatesRead, 0, unlimited, s.certificateFile},
		{"POST", "/api/v1/certificates/:certificate/suspend", "suspendCertificate", auth.CertificatesRevoke, maxBody, unlimited, s.suspend},
		{"POST", "/api/v1/certificates/:certificate/resume", "resumeCertificate", auth.CertificatesRevoke, maxBody, unlimited, s.resumeCertificate},
		{"POST", "/api/v1/certificates/:certificate/revoke", "revokeCertificate", auth.CertificatesRevoke, maxBody, unlimited, s.revoke},
		{"POST", "/api/v1/certificates/:certificate/reissue", "reissueCertificate", auth.CertificatesIssue, maxBody, unlimited, s.reissue},
		{"POST", "/api/v1/certificates/preview", "previewCertificate", auth.CertificatesIssue, maxBody, unlimited, s.previewCertificate},
		{"GET", "/api/v1/verification-kit", "verificationKit", auth.CertificatesRead, 0, unlimited, s.kit},

		{"GET", "/api/v1/verify/:certificate", "verify", "", 0, looking, s.verify},
		{"POST", "/api/v1/verify", "verifyBatch", "", maxBody, batching, s.verifyBatch},
		{"GET", "/status/:list/:purpose", "statusList", "", 0, unlimited, s.statusList},
		{"GET", "/log/checkpoint", "logCheckpoint", "", 0, unlimited, s.checkpoint},
		{"GET", "/log/tile/*", "logTile", "", 0, unlimited, s.tile},
		{"POST", "/log/cosignatures", "cosignCheckpoint", "", maxCosigned, looking, s.cosign},
		{"GET", "/.well-known/did.json", "didDocument", "", 0, unlimited, s.didDocument},
		{"GET", "/.well-known/jwks.json", "publicKeys", "", 0, unlimited, s.publicKeys},
	}}
}
