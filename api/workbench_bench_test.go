package api

import (
	"fmt"
	"testing"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/programmes"
)

// BenchmarkSearchingABank looks through the largest release for a word that one item in
// a hundred has, in everything that the items say in both languages. The limit of a page
// is a second; the rest of it costs milliseconds.
func BenchmarkSearchingABank(b *testing.B) {
	shipped, err := programmes.Bank()
	if err != nil {
		b.Fatal(err)
	}
	const largest = 25_000
	items := make([]exam.Item, largest)
	for i := range items {
		items[i] = shipped.Revision(i % shipped.Items()).Item
		items[i].ID = fmt.Sprintf("item-%d", i)
		if i%100 == 0 {
			items[i].Stem = exam.Text{"uk": "Слово ІГОЛКА", "en": "A needle"}
		}
	}
	for _, f := range []itemFilter{{Text: "голка"}, {Topic: "digital-evidence"}} {
		b.Run(fmt.Sprintf("text=%v", f.Text != ""), func(b *testing.B) {
			for b.Loop() {
				found := 0
				for i := range items {
					if f.matches(&items[i], statistics.Noted{}) {
						found++
					}
				}
				if found == 0 {
					b.Fatal("nothing is found")
				}
			}
		})
	}
}
