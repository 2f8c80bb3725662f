package api

import "github.com/proba-exam/proba/auth"

// panelsTable is what programs call for panels. Under /me is what a judge sees and says.
func (s *server) panelsTable() table {
	return table{byToken, []route{
		{"GET", "/api/v1/me/panels", "listMyPanels", auth.StandardsRate, 0, unlimited, s.seats},
		{"GET", "/api/v1/me/panels/:panel", "getMyPanel", auth.StandardsRate, 0, unlimited, s.seat},
		{"GET", "/api/v1/me/panels/:panel/media/:medium", "panelMedium", auth.StandardsRate, 0, unlimited, s.panelMedium},
		{"PUT", "/api/v1/me/panels/:panel/ratings", "rateItems", auth.StandardsRate, maxBody, unlimited, s.rateItems},

		{"POST", "/api/v1/exams/:exam/panels", "createPanel", auth.StandardsRun, maxBody, unlimited, s.createPanel},
		{"GET", "/api/v1/exams/:exam/panels", "listPanels", auth.StatisticsRead, 0, unlimited, s.panels},
		{"GET", "/api/v1/panels/:panel", "getPanel", auth.StatisticsRead, 0, unlimited, s.panel},
		{"POST", "/api/v1/panels/:panel/close", "closeRound", auth.StandardsRun, maxBody, unlimited, s.closeRound},
		{"POST", "/api/v1/panels/:panel/open", "openRound", auth.StandardsRun, maxBody, unlimited, s.openRound},
		{"POST", "/api/v1/panels/:panel/people", "judgePeople", auth.StandardsRun, maxBody, unlimited, s.judgePeople},
		{"POST", "/api/v1/panels/:panel/conclude", "concludePanel", auth.StandardsRun, maxBody, unlimited, s.concludePanel},
		{"POST", "/api/v1/panels/:panel/sign", "signPanel", auth.StandardsRun, maxBody, unlimited, s.signPanel},
		{"POST", "/api/v1/panels/:panel/adopt", "adoptStandard", auth.StandardsRun, maxBody, unlimited, s.adoptStandard},
	}}
}

// panelsTable is the pages on which panels set standards. A judge sees the panels that
// have them as a judge, and no others.
func (w workbench) panelsTable() table {
	return table{byCookie, []route{
		{"GET", "/workbench/panels", "panelsDesk", auth.StandardsRate, 0, unlimited, w.panels},
		{"GET", "/workbench/panels/:panel/rate", "rateFormDesk", auth.StandardsRate, 0, unlimited, w.rateForm},
		{"POST", "/workbench/panels/:panel/rate", "rateDesk", auth.StandardsRate, maxBody, unlimited, w.rate},
		{"GET", "/workbench/panels/:panel/media/:medium", "panelMediumDesk", auth.StandardsRate, 0, unlimited, w.panelMedium},

		{"GET", "/workbench/exams/:exam/panels", "examPanelsDesk", auth.StatisticsRead, 0, unlimited, w.examPanels},
		{"POST", "/workbench/exams/:exam/panels", "createPanelDesk", auth.StandardsRun, maxBody, unlimited, w.createPanel},
		{"GET", "/workbench/panels/:panel", "panelDesk", auth.StatisticsRead, 0, unlimited, w.panel},
		{"GET", "/workbench/panels/:panel/report", "panelReportDesk", auth.StatisticsRead, 0, unlimited, w.panelReport},
		{"GET", "/workbench/panels/:panel/report.csv", "panelRatingsDesk", auth.StatisticsRead, 0, unlimited, w.panelCSV},
		{"POST", "/workbench/panels/:panel/close", "closeRoundDesk", auth.StandardsRun, maxBody, unlimited, w.closeRound},
		{"POST", "/workbench/panels/:panel/open", "openRoundDesk", auth.StandardsRun, maxBody, unlimited, w.openRound},
		{"POST", "/workbench/panels/:panel/people", "judgePeopleDesk", auth.StandardsRun, maxBody, unlimited, w.judgePeople},
		{"POST", "/workbench/panels/:panel/conclude", "concludePanelDesk", auth.StandardsRun, maxBody, unlimited, w.concludePanel},
		{"POST", "/workbench/panels/:panel/sign", "signPanelDesk", auth.StandardsRun, maxBody, unlimited, w.signPanel},
		{"POST", "/workbench/panels/:panel/adopt", "adoptStandardDesk", auth.StandardsRun, maxBody, unlimited, w.adoptStandard},
	}}
}
