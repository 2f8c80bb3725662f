package api

import (
	"errors"
	"strings"

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
	return []route{
		{"POST", "/api/v1/auth/sign-in", "signIn", "", maxBody, guessing, s.signIn},
		{"POST", "/api/v1/auth/refresh", "refresh", "", maxBody, guessing, s.refresh},
		{"POST", "/api/v1/auth/sign-out", "signOut", "", maxBody, guessing, s.signOut},
		{"POST", "/api/v1/auth/redeem", "redeemLink", "", maxBody, guessing, s.redeem},

		{"GET", "/api/v1/me", "me", auth.SelfRead, 0, unlimited, s.me},
		{"GET", "/api/v1/me/offers", "listOffers", auth.ExamsSit, 0, unlimited, s.offers},
		{"POST", "/api/v1/me/sittings/:sitting/attempt", "startAttempt", auth.ExamsSit, maxBody, unlimited, s.start},
		{"POST", "/api/v1/me/attempts/:attempt/resume", "resumeAttempt", auth.ExamsSit, maxBody, unlimited, s.resume},
		{"PUT", "/api/v1/me/attempts/:attempt/responses", "saveResponses", auth.ExamsSit, maxBody, unlimited, s.save},
		{"POST", "/api/v1/me/attempts/:attempt/submit", "submitAttempt", auth.ExamsSit, maxBody, unlimited, s.submit},
		{"GET", "/api/v1/me/attempts/:attempt/outcome", "attemptOutcome", auth.ExamsSit, 0, unlimited, s.outcome},
		{"GET", "/api/v1/me/certificates", "listMyCertificates", auth.CertificatesOwn, 0, unlimited, s.myCertificates},
		{"GET", "/api/v1/me/certificates/:certificate/pdf", "certificatePDF", auth.CertificatesOwn, 0, unlimited, s.certificatePDF},

		{"POST", importPath, "importRelease", auth.BanksImport, maxImport, unlimited, s.importRelease},
		{"GET", "/api/v1/banks/releases", "listReleases", auth.BanksRead, 0, unlimited, s.releases},
		{"POST", "/api/v1/exams", "createExam", auth.ExamsWrite, maxBody, unlimited, s.createExam},
		{"GET", "/api/v1/exams", "listExams", auth.ExamsRead, 0, unlimited, s.exams},
		{"GET", "/api/v1/exams/:exam", "getExam", auth.ExamsRead, 0, unlimited, s.exam},
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
		{"POST", "/api/v1/certificates/:certificate/revoke", "revokeCertificate", auth.CertificatesRevoke, maxBody, unlimited, s.revoke},

		{"GET", "/api/v1/verify/:certificate", "verify", "", 0, looking, s.verify},
		{"GET", "/.well-known/jwks.json", "publicKeys", "", 0, unlimited, s.publicKeys},
		{"GET", "/v", "verifyForm", "", 0, unlimited, s.verifyForm},
		{"GET", "/v/:certificate", "verifyPage", "", 0, looking, s.verifyPage},
		{"GET", "/enter", "enterForm", "", 0, unlimited, s.enterForm},
		{"POST", "/enter", "enter", "", maxBody, guessing, s.enter},
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
		{"GET", "/openapi.yaml", "contract", "", 0, unlimited, s.contract},
		{"GET", "/docs", "contractPage", "", 0, unlimited, s.contractPage},
		{"GET", "/assets/:name", "asset", "", 0, unlimited, s.asset},
	}
}

// guard runs a route's checks before its handler.
func (s *server) guard(r route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Locals(operationKey, r.operation)
		if err := s.rates.allow(r.operation, s.client(c), r.pace); err != nil {
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
		return r.handle(c)
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
	scheme, token, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return fault.New(fault.Unauthenticated, "token.missing", "Sign in, and send the access token as a Bearer token.")
	}
	principal, err := s.Auth.Authenticate(token)
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
