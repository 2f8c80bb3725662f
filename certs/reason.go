package certs

// ReasonCode names a reason that the service states by itself. Whoever shows it says it in
// the reader's language; what people wrote has none, and is shown as they wrote it.
type ReasonCode string

// The reasons. All of them are public: why an attempt was voided may name people, and
// stays with the attempt.
const (
	AttemptVoided   ReasonCode = "attempt_voided"
	NoLongerPassed  ReasonCode = "no_longer_passed"
	ResultCorrected ReasonCode = "result_corrected"
	// PredecessorWithdrawn is of a certificate that was to replace one which was revoked or
	// suspended meanwhile.
	PredecessorWithdrawn ReasonCode = "predecessor_withdrawn"
)

// ReasonCodes are all of them.
func ReasonCodes() []ReasonCode {
	return []ReasonCode{AttemptVoided, NoLongerPassed, ResultCorrected, PredecessorWithdrawn}
}

// stated is what each says in English, for who reads records and not pages. Records of
// before there were codes have these words alone.
var stated = map[ReasonCode]string{
	AttemptVoided:        "The attempt for which it was issued was declared invalid.",
	NoLongerPassed:       "A wrong key of the exam was corrected; by the right one the exam was not passed.",
	ResultCorrected:      "A wrong key of the exam was corrected; the result is another one.",
	PredecessorWithdrawn: "the certificate that it replaces was withdrawn",
}

// reason is why a state changes: words of somebody, or a code with its words.
type reason struct {
	text string
	code ReasonCode
}

func written(text string) reason { return reason{text: text} }

func coded(code ReasonCode) reason { return reason{stated[code], code} }

// Coded is the code of the event's reason, "" for what people wrote.
func (e Event) Coded() ReasonCode {
	if e.Code != "" {
		return e.Code
	}
	for code, text := range stated {
		if e.Reason == text {
			return code
		}
	}
	return ""
}
