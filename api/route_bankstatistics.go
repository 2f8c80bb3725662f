package api

import "github.com/proba-exam/proba/auth"

// bankStatisticsTable is what programs call of a bank over all its exams.
func (s *server) bankStatisticsTable() table {
	return table{byToken, []route{
		{"GET", "/api/v1/banks/releases/:release/statistics", "getBankStatistics", auth.StatisticsRead, 0, unlimited, s.getBankStatistics},
		{"POST", "/api/v1/banks/releases/:release/statistics", "computeBankStatistics", auth.StatisticsRead, maxBody, unlimited, s.askBankStatistics},
		{"GET", "/api/v1/banks/releases/:release/statistics/items/:item", "getBankItemStatistics", auth.StatisticsRead, 0, unlimited, s.getBankItemStatistics},
	}}
}

// bankStatisticsTable is the pages of the same.
func (w workbench) bankStatisticsTable() table {
	return table{byCookie, []route{
		{"GET", "/workbench/banks/:release/statistics", "bankStatisticsDesk", auth.StatisticsRead, 0, unlimited, w.bankStatistics},
		{"POST", "/workbench/banks/:release/statistics", "computeBankStatisticsDesk", auth.StatisticsRead, maxBody, unlimited, w.computeBankStatistics},
		{"GET", "/workbench/banks/:release/statistics/tables/:table", "bankStatisticsTableDesk", auth.StatisticsRead, 0, unlimited, w.bankStatisticsCSV},
		{"GET", "/workbench/banks/:release/statistics/items/:item", "bankItemStatisticsDesk", auth.StatisticsRead, 0, unlimited, w.bankItemStatistics},
		{"GET", "/workbench/banks/:release/statistics/items/:item/tables/:table", "bankItemStatisticsTableDesk", auth.StatisticsRead, 0, unlimited, w.bankItemStatisticsCSV},
	}}
}
