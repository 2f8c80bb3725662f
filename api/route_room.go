package api

import "github.com/proba-exam/proba/auth"

// roomTable is what an invigilator orders by program. Who may give time may stop the
// clock, and show the code that opens the room.
func (s *server) roomTable() table {
	return table{byToken, []route{
		{"POST", "/api/v1/sittings/:sitting/pause", "pauseSitting", auth.AttemptsExtend, maxBody, unlimited, s.pauseSitting},
		{"POST", "/api/v1/sittings/:sitting/continue", "continueSitting", auth.AttemptsExtend, maxBody, unlimited, s.continueSitting},
		{"GET", "/api/v1/sittings/:sitting/access-code", "getAccessCode", auth.AttemptsExtend, 0, unlimited, s.accessCode},
		{"POST", "/api/v1/sittings/:sitting/access-code", "renewAccessCode", auth.AttemptsExtend, 0, unlimited, s.renewAccessCode},
		{"POST", "/api/v1/attempts/:attempt/pause", "pauseAttempt", auth.AttemptsExtend, maxBody, unlimited, s.pauseAttempt},
		{"POST", "/api/v1/attempts/:attempt/continue", "continueAttempt", auth.AttemptsExtend, maxBody, unlimited, s.continueAttempt},
	}}
}

// roomTable is the pages of the live room.
func (w workbench) roomTable() table {
	return table{byCookie, []route{
		{"POST", "/workbench/sittings/:sitting/room/pause", "pauseRoomDesk", auth.AttemptsExtend, maxBody, unlimited, w.pauseRoom},
		{"POST", "/workbench/sittings/:sitting/room/continue", "continueRoomDesk", auth.AttemptsExtend, maxBody, unlimited, w.continueRoom},
		{"GET", "/workbench/sittings/:sitting/code", "codeDesk", auth.AttemptsExtend, 0, unlimited, w.code},
		{"POST", "/workbench/sittings/:sitting/code", "renewCodeDesk", auth.AttemptsExtend, maxBody, unlimited, w.renewCode},
		{"POST", "/workbench/attempts/:attempt/pause", "pauseAttemptDesk", auth.AttemptsExtend, maxBody, unlimited, w.pauseAttempt},
		{"POST", "/workbench/attempts/:attempt/continue", "continueAttemptDesk", auth.AttemptsExtend, maxBody, unlimited, w.continueAttempt},
	}}
}
