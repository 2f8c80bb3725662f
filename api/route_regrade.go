package api

import "github.com/proba-exam/proba/auth"

// regradesTable is what programs call to correct keys.
func (s *server) regradesTable() table {
	return table{byToken, []route{
		{"POST", "/api/v1/exams/:exam/regrades", "proposeRegrade", auth.RegradesPropose, maxBody, unlimited, s.proposeRegrade},
		{"GET", "/api/v1/exams/:exam/regrades", "listRegrades", auth.BanksRead, 0, unlimited, s.regrades},
		{"GET", "/api/v1/regrades/:regrade", "getRegrade", auth.BanksRead, 0, unlimited, s.regrade},
		{"GET", "/api/v1/regrades/:regrade/changes", "listRegradeChanges", auth.ResultsRead, 0, unlimited, s.regradeChanges},
		{"POST", "/api/v1/regrades/:regrade/approve", "approveRegrade", auth.RegradesApprove, maxBody, unlimited, s.approveRegrade},
		{"POST", "/api/v1/regrades/:regrade/withdraw", "withdrawRegrade", auth.RegradesPropose, maxBody, unlimited, s.withdrawRegrade},
	}}
}

// regradesTable is the pages on which keys are corrected. They show keys, and people
// only to who may see results.
func (w workbench) regradesTable() table {
	return table{byCookie, []route{
		{"GET", "/workbench/exams/:exam/regrades", "regradesDesk", auth.BanksRead, 0, unlimited, w.regrades},
		{"GET", "/workbench/exams/:exam/new-regrade", "newRegradeDesk", auth.RegradesPropose, 0, unlimited, w.newRegrade},
		{"POST", "/workbench/exams/:exam/regrades", "proposeRegradeDesk", auth.RegradesPropose, maxBody, unlimited, w.proposeRegrade},
		{"GET", "/workbench/regrades/:regrade", "regradeDesk", auth.BanksRead, 0, unlimited, w.regrade},
		{"POST", "/workbench/regrades/:regrade/approve", "approveRegradeDesk", auth.RegradesApprove, maxBody, unlimited, w.approveRegrade},
		{"POST", "/workbench/regrades/:regrade/withdraw", "withdrawRegradeDesk", auth.RegradesPropose, maxBody, unlimited, w.withdrawRegrade},
	}}
}
