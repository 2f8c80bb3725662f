package api

import "github.com/proba-exam/proba/auth"

// markingTable is what programs call for marking by people. Under /me is what a marker
// sees and says.
func (s *server) markingTable() table {
	return table{byToken, []route{
		{"GET", "/api/v1/me/marking", "listMyMarking", auth.MarkingMark, 0, unlimited, s.myMarking},
		{"POST", "/api/v1/me/marking/:exam/next", "nextScript", auth.MarkingMark, maxBody, unlimited, s.nextScript},
		{"GET", "/api/v1/me/scripts/:script", "getScript", auth.MarkingMark, 0, unlimited, s.script},
		{"POST", "/api/v1/me/scripts/:script/mark", "markScript", auth.MarkingMark, maxBody, unlimited, s.markScript},
		{"POST", "/api/v1/me/scripts/:script/decline", "declineScript", auth.MarkingMark, maxBody, unlimited, s.declineScript},
		{"GET", "/api/v1/me/scripts/:script/media/:medium", "scriptMedium", auth.MarkingMark, 0, unlimited, s.scriptMedium},

		{"GET", "/api/v1/exams/:exam/marking", "getMarking", auth.ResultsRead, 0, unlimited, s.marking},
		{"PUT", "/api/v1/exams/:exam/markers", "setMarkers", auth.MarkingRun, maxBody, unlimited, s.setMarkers},
		{"GET", "/api/v1/exams/:exam/disputes", "listDisputes", auth.MarkingRun, 0, unlimited, s.disputes},
		{"GET", "/api/v1/disputes/:script", "getDispute", auth.MarkingRun, 0, unlimited, s.dispute},
		{"POST", "/api/v1/disputes/:script", "adjudicate", auth.MarkingRun, maxBody, unlimited, s.adjudicate},
	}}
}

// markingTable is the pages of marking. A marker sees the response in hand, and no other.
func (w workbench) markingTable() table {
	return table{byCookie, []route{
		{"GET", "/workbench/marking", "markingDesk", auth.MarkingMark, 0, unlimited, w.marking},
		{"POST", "/workbench/marking/:exam/next", "nextScriptDesk", auth.MarkingMark, maxBody, unlimited, w.nextScript},
		{"GET", "/workbench/scripts/:script", "scriptDesk", auth.MarkingMark, 0, unlimited, w.script},
		{"POST", "/workbench/scripts/:script", "markScriptDesk", auth.MarkingMark, maxBody, unlimited, w.markScript},
		{"POST", "/workbench/scripts/:script/decline", "declineScriptDesk", auth.MarkingMark, maxBody, unlimited, w.declineScript},
		{"GET", "/workbench/scripts/:script/media/:medium", "scriptMediumDesk", auth.MarkingMark, 0, unlimited, w.scriptMedium},

		{"GET", "/workbench/exams/:exam/marking", "examMarkingDesk", auth.ResultsRead, 0, unlimited, w.examMarking},
		{"POST", "/workbench/exams/:exam/markers", "setMarkersDesk", auth.MarkingRun, maxBody, unlimited, w.setMarkers},
		{"GET", "/workbench/disputes/:script", "disputeDesk", auth.MarkingRun, 0, unlimited, w.dispute},
		{"POST", "/workbench/disputes/:script", "adjudicateDesk", auth.MarkingRun, maxBody, unlimited, w.adjudicate},
	}}
}
