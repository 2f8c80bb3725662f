package certs

import (
	"fmt"
	"time"
)

// words are what a certificate says in one language.
type words struct {
	certificate, states, passed, score, issued, validUntil, number, verify string

	// note is small print that only templates have.
	note string

	// description and criteria are for the credential.
	description, criteria string

	// sample stands across what is no certificate.
	sample string

	// sampleName and sampleTitle are on it.
	sampleName, sampleTitle string

	// point divides whole numbers from decimals.
	point  string
	months [12]string
}

// wordsOf returns the words in language lang; English stands in for a language
// that the certificate does not speak.
func wordsOf(lang string) words {
	if lang == "uk" {
		return words{
			certificate: "Сертифікат", states: "Цей сертифікат отримує", passed: "за успішне складання підсумкового іспиту за програмою",
			score: "Результат", issued: "Дата видачі", validUntil: "Чинний до", number: "Номер сертифіката",
			verify: "Перевірити чинність:", point: ",",
			sample:     "ЗРАЗОК",
			sampleName: "Олександра Ґалаґан-Прикладова", sampleTitle: "Назва іспиту, який складено",
			description: "Підсумковий іспит за програмою",
			criteria:    "Скласти підсумковий іспит: набрати прохідний бал загалом і мінімум з кожної обов’язкової частини.",
			months:      [12]string{"січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня", "вересня", "жовтня", "листопада", "грудня"},
		}
	}
	return words{
		certificate: "Certificate", states: "This is to certify that", passed: "has passed the final examination of the programme",
		score: "Result", issued: "Date of issue", validUntil: "Valid until", number: "Certificate number",
		verify: "Verify at:", point: ".",
		sample:     "SAMPLE",
		sampleName: "Alexandra Sample-Johnson", sampleTitle: "Title of the examination that was passed",
		description: "Final examination of the programme",
		criteria:    "Pass the final examination: reach the cut score in total and the minimum of every compulsory part.",
		months:      [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	}
}

func (w words) date(t time.Time) string {
	return fmt.Sprintf("%d %s %d", t.Day(), w.months[t.Month()-1], t.Year())
}

// Date is the day of t as a certificate in the language prints it. t is in the
// zone to be printed.
func Date(lang string, t time.Time) string { return wordsOf(lang).date(t) }
