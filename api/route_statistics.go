package api

import "github.com/proba-exam/proba/auth"

// statisticsTable is what programs call. Only what compares answers, and who answered too fast, names attempts, and is
// for who may see results.
func (s *server) statisticsTable() table {
	return table{byToken, []route{
		{"GET", "/api/v1/exams/:exam/statistics", "getStatistics", auth.StatisticsRead, 0, unlimited, s.getStatistics},
		{"POST", "/api/v1/exams/:exam/statistics", "computeStatistics", auth.StatisticsRead, maxBody, unlimited, s.askStatistics},
		{"GET", "/api/v1/exams/:exam/statistics/items/:item", "getItemStatistics", auth.StatisticsRead, 0, unlimited, s.getItemStatistics},
		{"GET", "/api/v1/exams/:exam/statistics/similar", "getSimilarAnswers", auth.ResultsRead, 0, unlimited, s.getSimilar},
		{"GET", "/api/v1/exams/:exam/statistics/effort", "getEffort", auth.ResultsRead, 0, unlimited, s.getEffort},
	}}
}

// statisticsTable is the pages of statistics. They name no learner. Stems and options
// are shown to who may see banks.
func (w workbench) statisticsTable() table {
	return table{byCookie, []route{
		{"GET", "/workbench/exams/:exam/statistics", "statisticsDesk", auth.StatisticsRead, 0, unlimited, w.statistics},
		{"POST", "/workbench/exams/:exam/statistics", "computeStatisticsDesk", auth.StatisticsRead, maxBody, unlimited, w.computeStatistics},
		{"GET", "/workbench/exams/:exam/statistics/tables/:table", "statisticsTableDesk", auth.StatisticsRead, 0, unlimited, w.statisticsCSV},
		{"POST", "/workbench/exams/:exam/statistics/export", "exportStatisticsDesk", auth.StatisticsRead, maxBody, unlimited, w.exportStatistics},
		{"GET", "/workbench/exams/:exam/statistics/similar", "similarDesk", auth.ResultsRead, 0, unlimited, w.similar},
		{"GET", "/workbench/exams/:exam/statistics/effort", "effortDesk", auth.ResultsRead, 0, unlimited, w.effort},
		{"GET", "/workbench/exams/:exam/statistics/items/:item", "itemStatisticsDesk", auth.StatisticsRead, 0, unlimited, w.itemStatistics},
		{"GET", "/workbench/exams/:exam/statistics/items/:item/tables/:table", "itemStatisticsTableDesk", auth.StatisticsRead, 0, unlimited, w.itemStatisticsCSV},
	}}
}
