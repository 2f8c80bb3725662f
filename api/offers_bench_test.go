package api_test

import "testing"

// BenchmarkOffers is one learner's list of exams, from the request to the answer.
func BenchmarkOffers(b *testing.B) {
	e := start(b)
	u := e.learner(b)
	for b.Loop() {
		if _, err := e.Exams.Offers(b.Context(), u.id, "", 50); err != nil {
			b.Fatal(err)
		}
	}
}
