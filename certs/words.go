package certs

import (
	"fmt"
	"time"
)

// words are what a certificate says in one language.
type words struct {
	certificate, states, passed, score, issued, validUntil, number, verify string

	months [12]string
}

// wordsOf returns the words in language lang; English stands in for a language
// that the certificate does not speak.
func wordsOf(lang string) words {
	if lang == "uk" {
		return words{
			certificate: "Сертифікат", states: "Цим засвідчується, що", passed: "успішно складено підсумковий іспит за програмою",
			score: "Результат", issued: "Дата видачі", validUntil: "Чинний до", number: "Номер сертифіката",
			verify: "Перевірити чинність:",
			months: [12]string{"січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня", "вересня", "жовтня", "листопада", "грудня"},
		}
	}
	return words{
		certificate: "Certificate", states: "This is to certify that", passed: "has passed the final examination of the programme",
		score: "Result", issued: "Date of issue", validUntil: "Valid until", number: "Certificate number",
		verify: "Verify at:",
		months: [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	}
}

func (w words) date(t time.Time) string {
	return fmt.Sprintf("%d %s %d", t.Day(), w.months[t.Month()-1], t.Year())
}
