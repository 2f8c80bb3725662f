package api

import "github.com/proba-exam/proba/auth"

// statisticsTable is the pages of statistics. They name no learner. Stems and options
// are shown to who may see banks.
func (w workbench) statisticsTable() table {
	return table{byCookie, []route{
		{"GET", "/workbench/exams/:exam/statistics", "statisticsDesk", auth.StatisticsRead, 0, unlimited, w.statistics},
		{"POST", "/workbench/exams/:exam/statistics", "computeStatisticsDesk", auth.StatisticsRead, maxBody, unlimited, w.computeStatistics},
		{"GET", "/workbench/exams/:exam/statistics/tables/:table", "statisticsTableDesk", auth.StatisticsRead, 0, unlimited, w.statisticsCSV},
		{"POST", "/workbench/exams/:exam/statistics/export", "exportStatisticsDesk", auth.StatisticsRead, maxBody, unlimited, w.exportStatistics},
		{"GET", "/workbench/exams/:exam/statistics/items/:item", "itemStatisticsDesk", auth.StatisticsRead, 0, unlimited, w.itemStatistics},
		{"GET", "/workbench/exams/:exam/statistics/items/:item/tables/:table", "itemStatisticsTableDesk", auth.StatisticsRead, 0, unlimited, w.itemStatisticsCSV},
	}}
}
