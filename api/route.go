package api

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
)

// route is one line of the route table.
type route struct {
	method, path string
	// operation is the operationId of the contract.
	operation string
	// permission that the caller needs; "" for a public route.
	permission auth.Permission
	body       int
	pace       pace
	handle     func(*fiber.Ctx) error
}

// importPath takes longer bodies than all others.
const importPath = "/api/v1/banks/releases"

// routes is the only place where a route is declared.
func (s *server) routes() []route {
	w := workbench{s}
	return []route{
		{"POST", "/api/v1/auth/sign-in", "signIn", "", maxBody, guessing, s.signIn},
		{"POST", "/api/v1/auth/refresh", "refresh", "", maxBody, presenting, s.refresh},
		{"POST", "/api/v1/auth/sign-out", "signOut", "", maxBody, presenting, s.signOut},
		{"POST", "/api/v1/auth/redeem", "redeemLink", "", maxBody, presenting, s.redeem},

		{"GET", "/api/v1/me", "me", auth.SelfRead, 0, unlimited, s.me},
		{"GET", "/api/v1/me/offers", "listOffers", auth.ExamsSit, 0, unlimited, s.offers},
		{"POST", "/api/v1/me/sittings/:sitting/attempt", "startAttempt", auth.ExamsSit, maxBody, unlimited, s.start},
		{"POST", "/api/v1/me/attempts/:attempt/resume", "resumeAttempt", auth.ExamsSit, maxBody, unlimited, s.resume},
		{"PUT", "/api/v1/me/attempts/:attempt/responses", "saveResponses", auth.ExamsSit, maxBody, unlimited, s.save},
		{"POST", "/api/v1/me/attempts/:attempt/submit", "submitAttempt", auth.ExamsSit, maxBody, unlimited, s.submit},
		{"GET", "/api/v1/me/attempts/:attempt/outcome", "attemptOutcome", auth.ExamsSit, 0, unlimited, s.outcome},
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
		{"GET", "/api/v1/attempts", "listAttempts", auth.AttemptsRead, 0, unlimited, s.attempts},
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
		{"GET", "/v", "verifyForm", "", 0, unlimited, s.verifyForm},
		{"GET", "/v/worker.js", "verifyWorker", "", 0, unlimited, s.worker},
		{"GET", "/v/manifest.webmanifest", "verifyManifest", "", 0, unlimited, s.manifest},
		{"GET", "/v/:certificate", "verifyPage", "", 0, looking, s.verifyPage},
		{"GET", "/enter", "enterForm", "", 0, unlimited, s.enterForm},
		{"POST", "/enter", "enter", "", maxBody, presenting, s.enter},
		{"GET", "/forgot", "forgotForm", "", 0, unlimited, s.forgotForm},
		{"POST", "/forgot", "forgot", "", maxBody, asking, s.sameOrigin(s.forgot)},
		{"GET", "/", "home", "", 0, unlimited, s.home},
		{"GET", "/sign-in", "signInForm", "", 0, unlimited, s.signInForm},
		{"POST", "/sign-in", "signInPage", "", maxBody, guessing, s.sameOrigin(s.signInPage)},
		{"POST", "/sign-out", "signOutPage", "", maxBody, unlimited, s.sameOrigin(s.signOutPage)},
		{"GET", "/my", "myExams", "", 0, unlimited, s.page(auth.ExamsSit, s.myExams)},
		{"GET", "/my/sittings/:sitting", "rules", "", 0, unlimited, s.page(auth.ExamsSit, s.rules)},
		{"POST", "/my/sittings/:sitting", "startPage", "", maxBody, unlimited, s.sameOrigin(s.page(auth.ExamsSit, s.startPage))},
		{"GET", "/my/attempts/:attempt", "attemptPage", "", 0, unlimited, s.page(auth.ExamsSit, s.attemptPage)},
		{"POST", "/my/attempts/:attempt", "answerPage", "", maxBody, unlimited, s.sameOrigin(s.page(auth.ExamsSit, s.answerPage))},
		{"POST", "/my/attempts/:attempt/resume", "resumePage", "", maxBody, unlimited, s.sameOrigin(s.page(auth.ExamsSit, s.resumePage))},
		{"POST", "/my/attempts/:attempt/session", "takeOver", "", maxBody, unlimited, s.script(auth.ExamsSit, s.takeOver)},
		{"PUT", "/my/attempts/:attempt/responses", "saveFromPage", "", maxBody, unlimited, s.script(auth.ExamsSit, s.save)},
		{"POST", "/my/attempts/:attempt/clock", "examClock", "", maxBody, unlimited, s.script(auth.ExamsSit, s.examClock)},
		{"POST", "/my/attempts/:attempt/hand-in", "handInFromPage", "", maxBody, unlimited, s.script(auth.ExamsSit, s.submit)},
		{"GET", "/my/attempts/:attempt/summary", "summaryPage", "", 0, unlimited, s.page(auth.ExamsSit, s.summaryPage)},
		{"POST", "/my/attempts/:attempt/submit", "submitPage", "", maxBody, unlimited, s.sameOrigin(s.page(auth.ExamsSit, s.submitPage))},
		{"GET", "/my/attempts/:attempt/result", "resultPage", "", 0, unlimited, s.page(auth.ExamsSit, s.resultPage)},
		{"GET", "/my/attempts/:attempt/receipt", "receipt", "", 0, unlimited, s.page(auth.ExamsSit, s.receipt)},
		{"POST", "/my/attempts/:attempt/report", "reportItem", "", maxBody, unlimited, s.sameOrigin(s.page(auth.ExamsSit, s.report))},
		{"POST", "/my/attempts/:attempt/survey", "answerSurvey", "", maxBody, unlimited, s.sameOrigin(s.page(auth.ExamsSit, s.survey))},
		{"GET", "/practice", "practice", "", 0, unlimited, s.practice},
		{"POST", "/practice", "tryPractice", "", maxBody, unlimited, s.tryPractice},
		{"GET", "/my/certificates/:certificate/pdf", "myCertificatePDF", "", 0, unlimited, s.page(auth.CertificatesOwn, s.certificatePDF)},
		// The workbench of staff.
		{"GET", "/workbench", "workbench", "", 0, unlimited, w.staff(auth.SelfRead, w.home)},
		{"GET", "/workbench/sittings", "sittingsDesk", "", 0, unlimited, w.staff(auth.SittingsRead, w.sittings)},
		{"POST", "/workbench/sittings", "createSittingDesk", "", maxBody, unlimited, w.staff(auth.SittingsWrite, w.createSitting)},
		{"GET", "/workbench/new-sitting", "newSittingDesk", "", 0, unlimited, w.staff(auth.SittingsWrite, w.newSitting)},
		{"GET", "/workbench/sittings/:sitting", "sittingDesk", "", 0, unlimited, w.staff(auth.SittingsRead, w.sitting)},
		{"POST", "/workbench/sittings/:sitting", "editSittingDesk", "", maxBody, unlimited, w.staff(auth.SittingsWrite, w.editSitting)},
		{"GET", "/workbench/sittings/:sitting/learners", "learnersDesk", "", 0, unlimited, w.staff(auth.SittingsRead, w.learners)},
		{"POST", "/workbench/sittings/:sitting/learners", "addLearnerDesk", "", maxBody, unlimited, w.staff(auth.PeopleWrite, w.addLearner)},
		{"POST", "/workbench/sittings/:sitting/learners/check", "checkListDesk", "", maxBody, unlimited, w.staff(auth.PeopleWrite, w.checkList)},
		{"POST", "/workbench/sittings/:sitting/learners/list", "registerListDesk", "", maxBody, unlimited, w.staff(auth.PeopleWrite, w.registerList)},
		{"POST", "/workbench/sittings/:sitting/learners/:person", "extraTimeDesk", "", maxBody, unlimited, w.staff(auth.SittingsWrite, w.setExtraTime)},
		{"GET", "/workbench/sittings/:sitting/room", "roomDesk", "", 0, unlimited, w.staff(auth.AttemptsRead, w.room)},
		{"POST", "/workbench/sittings/:sitting/room", "extendRoomDesk", "", maxBody, unlimited, w.staff(auth.AttemptsExtend, w.extendRoom)},
		{"GET", "/workbench/sittings/:sitting/results", "resultsDesk", "", 0, unlimited, w.staff(auth.ResultsRead, w.results)},
		{"POST", "/workbench/sittings/:sitting/results", "exportResultsDesk", "", maxBody, unlimited, w.staff(auth.ResultsRead, w.exportResults)},
		{"GET", "/workbench/attempts/:attempt", "attemptDesk", "", 0, unlimited, w.staff(auth.AttemptsRead, w.attempt)},
		{"POST", "/workbench/attempts/:attempt/extend", "extendAttemptDesk", "", maxBody, unlimited, w.staff(auth.AttemptsExtend, w.extendAttempt)},
		{"POST", "/workbench/attempts/:attempt/void", "voidAttemptDesk", "", maxBody, unlimited, w.staff(auth.AttemptsVoid, w.voidAttempt)},
		{"POST", "/workbench/attempts/:attempt/release", "releaseAttemptDesk", "", maxBody, unlimited, w.staff(auth.AttemptsVoid, w.releaseAttempt)},
		{"GET", "/workbench/attempts/:attempt/form", "replayDesk", "", 0, unlimited, w.staff(auth.ResultsRead, w.replay)},
		{"GET", "/workbench/regions", "regionsDesk", "", 0, unlimited, w.staff(auth.ResultsRead, w.regions)},
		{"GET", "/workbench/people", "peopleDesk", "", 0, unlimited, w.staff(auth.PeopleRead, w.peopleList)},
		{"POST", "/workbench/people", "addPersonDesk", "", maxBody, unlimited, w.staff(auth.PeopleWrite, w.addPerson)},
		{"GET", "/workbench/people/:person", "personDesk", "", 0, unlimited, w.staff(auth.PeopleRead, w.person)},
		{"POST", "/workbench/people/:person/roles", "rolesDesk", "", maxBody, unlimited, w.staff(auth.PeopleWrite, w.setRoles)},
		{"POST", "/workbench/people/:person/disable", "disableDesk", "", maxBody, unlimited, w.staff(auth.PeopleWrite, w.disablePerson)},
		{"POST", "/workbench/people/:person/enable", "enableDesk", "", maxBody, unlimited, w.staff(auth.PeopleWrite, w.enablePerson)},
		{"POST", "/workbench/people/:person/link", "linkDesk", "", maxBody, unlimited, w.staff(auth.PeopleWrite, w.linkPerson)},
		{"GET", "/workbench/certificates", "certificatesDesk", "", 0, unlimited, w.staff(auth.CertificatesRead, w.certificates)},
		{"GET", "/workbench/certificates/:certificate", "certificateDesk", "", 0, unlimited, w.staff(auth.CertificatesRead, w.certificate)},
		{"POST", "/workbench/certificates/:certificate/revoke", "revokeDesk", "", maxBody, unlimited, w.staff(auth.CertificatesRevoke, w.revokeCertificate)},
		{"GET", "/workbench/exams", "examsDesk", "", 0, unlimited, w.staff(auth.ExamsRead, w.exams)},
		{"POST", "/workbench/exams", "createExamDesk", "", maxBody, unlimited, w.staff(auth.ExamsWrite, w.createExam)},
		{"GET", "/workbench/new-exam", "newExamDesk", "", 0, unlimited, w.staff(auth.ExamsWrite, w.newExam)},
		{"GET", "/workbench/exams/:exam", "examDesk", "", 0, unlimited, w.staff(auth.ExamsRead, w.exam)},
		{"GET", "/workbench/exams/:exam/edit", "examFormDesk", "", 0, unlimited, w.staff(auth.ExamsWrite, w.examForm)},
		{"POST", "/workbench/exams/:exam/edit", "editExamDesk", "", maxBody, unlimited, w.staff(auth.ExamsWrite, w.editExam)},
		{"GET", "/workbench/exams/:exam/check", "checkExamDesk", "", 0, unlimited, w.staff(auth.ExamsRead, w.checkExam)},
		{"POST", "/workbench/exams/:exam/publish", "publishExamDesk", "", maxBody, unlimited, w.staff(auth.ExamsPublish, w.publishExam)},
		{"POST", "/workbench/exams/:exam/retire", "retireExamDesk", "", maxBody, unlimited, w.staff(auth.ExamsPublish, w.retireExam)},
		{"GET", "/workbench/exams/:exam/preview", "previewDesk", "", 0, unlimited, w.staff(auth.BanksRead, w.preview)},
		{"GET", "/workbench/banks", "banksDesk", "", 0, unlimited, w.staff(auth.BanksRead, w.banks)},
		{"GET", "/workbench/banks/:release", "bankDesk", "", 0, unlimited, w.staff(auth.BanksRead, w.bank)},
		{"GET", "/workbench/banks/:release/items/:item", "itemDesk", "", 0, unlimited, w.staff(auth.BanksRead, w.item)},
		{"GET", "/workbench/audit", "auditDesk", "", 0, unlimited, w.staff(auth.AuditRead, w.auditLog)},
		{"GET", "/openapi.yaml", "contract", "", 0, unlimited, s.contract},
		{"GET", "/docs", "contractPage", "", 0, unlimited, s.contractPage},
		{"GET", "/assets/:name", "asset", "", 0, unlimited, s.asset},
	}
}

// guard runs a route's checks before its handler.
func (s *server) guard(r route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Locals(operationKey, r.operation)
		if err := s.rates.allowCall(r.operation, s.client(c), r.pace); err != nil {
			return err
		}
		if r.permission != "" {
			if err := s.authorise(c, r.permission); err != nil {
				return err
			}
		}
		if err := s.checkBody(c, r.body); err != nil {
			return err
		}
		err := r.handle(c)
		s.settle(c, err)
		return err
	}
}

func (s *server) checkBody(c *fiber.Ctx, limit int) error {
	if c.Get(fiber.HeaderContentEncoding) != "" {
		// Reading an inflated body would go past every limit.
		return fault.New(fault.Unsupported, "request.encoding", "Send the body without compression.")
	}
	if n := len(c.Request().Body()); n > limit {
		return fault.New(fault.TooLarge, "request.too_large", "The body has %d bytes; this operation takes %d.", n, limit)
	}
	return nil
}

func (s *server) authorise(c *fiber.Ctx, p auth.Permission) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	principal, err := s.bearer(c.Get(fiber.HeaderAuthorization))
	if err != nil {
		return err
	}
	if err := principal.Require(p); err != nil {
		return err
	}
	c.SetUserContext(auth.WithPrincipal(c.UserContext(), principal))
	return nil
}

// caller is the id of the person who calls of a guarded route.
func caller(c *fiber.Ctx) (string, error) {
	p, ok := auth.PrincipalFrom(c.UserContext())
	if !ok {
		return "", errors.New("a guarded route has no principal")
	}
	return p.PersonID, nil
}
