package api

import "github.com/proba-exam/proba/auth"

// table is the pages of staff.
func (w workbench) table() table {
	return table{byCookie, []route{
		{"GET", "/workbench", "workbench", auth.SelfRead, 0, unlimited, w.home},

		{"GET", "/workbench/sittings", "sittingsDesk", auth.SittingsRead, 0, unlimited, w.sittings},
		{"POST", "/workbench/sittings", "createSittingDesk", auth.SittingsWrite, maxBody, unlimited, w.createSitting},
		{"GET", "/workbench/new-sitting", "newSittingDesk", auth.SittingsWrite, 0, unlimited, w.newSitting},
		{"GET", "/workbench/sittings/:sitting", "sittingDesk", auth.SittingsRead, 0, unlimited, w.sitting},
		{"POST", "/workbench/sittings/:sitting", "editSittingDesk", auth.SittingsWrite, maxBody, unlimited, w.editSitting},
		{"GET", "/workbench/sittings/:sitting/learners", "learnersDesk", auth.SittingsRead, 0, unlimited, w.learners},
		{"POST", "/workbench/sittings/:sitting/learners", "addLearnerDesk", auth.PeopleWrite, maxBody, unlimited, w.addLearner},
		{"POST", "/workbench/sittings/:sitting/learners/check", "checkListDesk", auth.PeopleWrite, maxBody, unlimited, w.checkList},
		{"POST", "/workbench/sittings/:sitting/learners/list", "registerListDesk", auth.PeopleWrite, maxBody, unlimited, w.registerList},
		{"POST", "/workbench/sittings/:sitting/learners/:person", "extraTimeDesk", auth.SittingsWrite, maxBody, unlimited, w.setExtraTime},
		{"GET", "/workbench/sittings/:sitting/room", "roomDesk", auth.AttemptsRead, 0, unlimited, w.room},
		{"POST", "/workbench/sittings/:sitting/room", "extendRoomDesk", auth.AttemptsExtend, maxBody, unlimited, w.extendRoom},
		{"GET", "/workbench/sittings/:sitting/results", "resultsDesk", auth.ResultsRead, 0, unlimited, w.results},
		{"POST", "/workbench/sittings/:sitting/results", "exportResultsDesk", auth.ResultsRead, maxBody, unlimited, w.exportResults},

		{"GET", "/workbench/attempts/:attempt", "attemptDesk", auth.AttemptsRead, 0, unlimited, w.attempt},
		{"POST", "/workbench/attempts/:attempt/extend", "extendAttemptDesk", auth.AttemptsExtend, maxBody, unlimited, w.extendAttempt},
		{"POST", "/workbench/attempts/:attempt/void", "voidAttemptDesk", auth.AttemptsVoid, maxBody, unlimited, w.voidAttempt},
		{"POST", "/workbench/attempts/:attempt/release", "releaseAttemptDesk", auth.AttemptsVoid, maxBody, unlimited, w.releaseAttempt},
		{"GET", "/workbench/attempts/:attempt/form", "replayDesk", auth.ResultsRead, 0, unlimited, w.replay},
		{"GET", "/workbench/regions", "regionsDesk", auth.ResultsRead, 0, unlimited, w.regions},

		{"GET", "/workbench/people", "peopleDesk", auth.PeopleRead, 0, unlimited, w.peopleList},
		{"POST", "/workbench/people", "addPersonDesk", auth.PeopleWrite, maxBody, unlimited, w.addPerson},
		{"GET", "/workbench/people/:person", "personDesk", auth.PeopleRead, 0, unlimited, w.person},
		{"POST", "/workbench/people/:person/name", "renameDesk", auth.PeopleWrite, maxBody, unlimited, w.renamePerson},
		{"POST", "/workbench/people/:person/roles", "rolesDesk", auth.PeopleWrite, maxBody, unlimited, w.setRoles},
		{"POST", "/workbench/people/:person/disable", "disableDesk", auth.PeopleWrite, maxBody, unlimited, w.disablePerson},
		{"POST", "/workbench/people/:person/enable", "enableDesk", auth.PeopleWrite, maxBody, unlimited, w.enablePerson},
		{"POST", "/workbench/people/:person/link", "linkDesk", auth.PeopleWrite, maxBody, unlimited, w.linkPerson},

		{"GET", "/workbench/exams", "examsDesk", auth.ExamsRead, 0, unlimited, w.exams},
		{"POST", "/workbench/exams", "createExamDesk", auth.ExamsWrite, maxBody, unlimited, w.createExam},
		{"GET", "/workbench/new-exam", "newExamDesk", auth.ExamsWrite, 0, unlimited, w.newExam},
		{"GET", "/workbench/exams/:exam", "examDesk", auth.ExamsRead, 0, unlimited, w.exam},
		{"GET", "/workbench/exams/:exam/edit", "examFormDesk", auth.ExamsWrite, 0, unlimited, w.examForm},
		{"POST", "/workbench/exams/:exam/edit", "editExamDesk", auth.ExamsWrite, maxBody, unlimited, w.editExam},
		{"GET", "/workbench/exams/:exam/check", "checkExamDesk", auth.ExamsRead, 0, unlimited, w.checkExam},
		{"POST", "/workbench/exams/:exam/publish", "publishExamDesk", auth.ExamsPublish, maxBody, unlimited, w.publishExam},
		{"POST", "/workbench/exams/:exam/retire", "retireExamDesk", auth.ExamsPublish, maxBody, unlimited, w.retireExam},
		{"GET", "/workbench/exams/:exam/preview", "previewDesk", auth.BanksRead, 0, unlimited, w.preview},

		{"GET", "/workbench/banks", "banksDesk", auth.BanksRead, 0, unlimited, w.banks},
		{"GET", "/workbench/banks/:release", "bankDesk", auth.BanksRead, 0, unlimited, w.bank},
		{"GET", "/workbench/banks/:release/items/:item", "itemDesk", auth.BanksRead, 0, unlimited, w.item},

		{"GET", "/workbench/audit", "auditDesk", auth.AuditRead, 0, unlimited, w.auditLog},
	}}
}
