package api

import "github.com/proba-exam/proba/auth"

// publicTable is the pages that everybody may open.
func (s *server) publicTable() table {
	return table{byCookie, []route{
		{"GET", "/v", "verifyForm", "", 0, unlimited, s.verifyForm},
		{"GET", "/v/worker.js", "verifyWorker", "", 0, unlimited, s.worker},
		{"GET", "/v/manifest.webmanifest", "verifyManifest", "", 0, unlimited, s.manifest},
		{"GET", "/v/several", "verifySeveralForm", "", 0, unlimited, s.severalForm},
		{"POST", "/v/several", "verifySeveral", "", maxBody, batching, s.several},
		{"GET", "/v/:certificate", "verifyPage", "", 0, looking, s.verifyPage},
		{"GET", "/enter", "enterForm", "", 0, unlimited, s.enterForm},
		{"POST", "/enter", "enter", "", maxBody, presenting, s.enter},
		{"GET", "/forgot", "forgotForm", "", 0, unlimited, s.forgotForm},
		{"POST", "/forgot", "forgot", "", maxBody, asking, s.forgot},
		{"GET", "/", "home", "", 0, unlimited, s.home},
		{"GET", "/sign-in", "signInForm", "", 0, unlimited, s.signInForm},
		{"POST", "/sign-in", "signInPage", "", maxBody, guessing, s.signInPage},
		{"POST", "/sign-out", "signOutPage", "", maxBody, unlimited, s.signOutPage},
		{"GET", "/practice", "practice", "", 0, unlimited, s.practice},
		{"POST", "/practice", "tryPractice", "", maxBody, unlimited, s.tryPractice},
		{"GET", "/openapi.yaml", "contract", "", 0, unlimited, s.contract},
		{"GET", "/docs", "contractPage", "", 0, unlimited, s.contractPage},
		{"GET", "/my/exam-worker.js", "examWorker", "", 0, unlimited, s.examWorker},
		{"GET", "/assets/:name", "asset", "", 0, unlimited, s.asset},
	}}
}

// learnersTable is the pages of those who sit exams.
func (s *server) learnersTable() table {
	return table{byCookie, []route{
		{"GET", "/my", "myExams", auth.ExamsSit, 0, unlimited, s.myExams},
		{"GET", "/my/sittings/:sitting", "rules", auth.ExamsSit, 0, unlimited, s.rules},
		{"POST", "/my/sittings/:sitting", "startPage", auth.ExamsSit, maxBody, unlimited, s.startPage},
		{"GET", "/my/attempts/:attempt", "attemptPage", auth.ExamsSit, 0, unlimited, s.attemptPage},
		{"POST", "/my/attempts/:attempt", "answerPage", auth.ExamsSit, maxBody, unlimited, s.answerPage},
		{"POST", "/my/attempts/:attempt/resume", "resumePage", auth.ExamsSit, maxBody, unlimited, s.resumePage},
		{"GET", "/my/attempts/:attempt/summary", "summaryPage", auth.ExamsSit, 0, unlimited, s.summaryPage},
		{"POST", "/my/attempts/:attempt/submit", "submitPage", auth.ExamsSit, maxBody, unlimited, s.submitPage},
		{"GET", "/my/attempts/:attempt/result", "resultPage", auth.ExamsSit, 0, unlimited, s.resultPage},
		{"GET", "/my/attempts/:attempt/receipt", "receipt", auth.ExamsSit, 0, unlimited, s.receipt},
		{"GET", "/my/attempts/:attempt/media/:medium", "myMedium", auth.ExamsSit, 0, unlimited, s.myMedium},
		{"POST", "/my/attempts/:attempt/report", "reportItem", auth.ExamsSit, maxBody, unlimited, s.report},
		{"POST", "/my/attempts/:attempt/survey", "answerSurvey", auth.ExamsSit, maxBody, unlimited, s.survey},
		{"GET", "/my/certificates/:certificate/pdf", "myCertificatePDF", auth.CertificatesOwn, 0, unlimited, s.certificatePDF},
	}}
}

// scriptsTable is what the scripts of an exam page call.
func (s *server) scriptsTable() table {
	return table{byScript, []route{
		{"POST", "/my/attempts/:attempt/session", "takeOver", auth.ExamsSit, maxBody, unlimited, s.takeOver},
		{"PUT", "/my/attempts/:attempt/responses", "saveFromPage", auth.ExamsSit, maxBody, unlimited, s.save},
		{"POST", "/my/attempts/:attempt/clock", "examClock", auth.ExamsSit, maxBody, unlimited, s.examClock},
		{"POST", "/my/attempts/:attempt/hand-in", "handInFromPage", auth.ExamsSit, maxBody, unlimited, s.submit},
	}}
}
