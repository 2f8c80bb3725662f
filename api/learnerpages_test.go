package api

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
)

// TestALearnerIsToldWhatItTakes renders the list of exams and the rules: they name the exam
// where the sitting has a title of its own, and what has to be reached to pass.
func TestALearnerIsToldWhatItTakes(t *testing.T) {
	p, err := loadPages(time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	room, police := exam.Text{"uk": "Зала 1", "en": "Room 1"}, exam.Text{"uk": "Поліцейські", "en": "Police officers"}
	blueprint := exam.Blueprint{Cut: 6050, Gates: []exam.Gate{{ID: "safety", Title: exam.Text{"uk": "Безпека", "en": "Safety"}, Sections: []string{"all"}, Minimum: 8000}}}
	byPanel := exam.Blueprint{Cut: 6050, Standard: &exam.Standard{Panel: "panel-one", Theta: .5}}
	for name, row := range map[string]struct {
		lang      string
		sitting   exam.Text
		blueprint exam.Blueprint
		rules, my []string
		never     string
	}{
		"own title":          {"uk", room, blueprint, []string{"Зала 1", "Поліцейські", "Прохідний бал 60,5 %", "Безпека щонайменше 80 %"}, []string{"Зала 1", "Поліцейські"}, "варіанта"},
		"own title, English": {"en", room, blueprint, []string{"Room 1", "Police officers", "Pass mark 60.5 %", "Safety at least 80 %"}, []string{"Room 1", "Police officers"}, "each form"},
		"title of the exam":  {"uk", police, blueprint, []string{"Поліцейські"}, []string{"Поліцейські"}, "Поліцейські Поліцейські"},
		"set by a panel":     {"uk", room, byPanel, []string{"Прохідний бал свій для кожного варіанта"}, []string{"Зала 1"}, "60,5"},
	} {
		v := view{Lang: row.lang, T: p.words[row.lang]}
		offer := v.offer(exam.Offer{Sitting: exam.Sitting{ID: "room-1", Title: row.sitting}, Exam: exam.Exam{ID: "police", Title: police, Blueprint: row.blueprint, Policy: exam.Policy{Languages: []string{"uk"}, Attempts: 1}}})
		rules := rendered(t, p, "rules", rulesPage{view: v, Offer: offer, Minutes: 60})
		my := rendered(t, p, "my", myPage{view: v, Offers: []offerView{offer}})
		for _, want := range row.rules {
			if !strings.Contains(rules, want) || strings.Contains(rules, row.never) {
				t.Errorf("%s: the rules do not say %q, or say %q: %s", name, want, row.never, rules)
			}
		}
		for _, want := range row.my {
			if !strings.Contains(my, want) || strings.Contains(my, row.never) {
				t.Errorf("%s: the list does not say %q, or says %q: %s", name, want, row.never, my)
			}
		}
	}
}

// TestALearnerSeesWhichCertificateCounts has a certificate in each state in the list.
func TestALearnerSeesWhichCertificateCounts(t *testing.T) {
	p, err := loadPages(time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	v := view{Lang: "uk", T: p.words["uk"]}
	for _, state := range []certs.State{certs.Valid, certs.Expired, certs.Suspended, certs.Revoked, certs.Superseded} {
		page := rendered(t, p, "my", myPage{view: v, Certificates: []ownCertificate{{ID: "7WJYLGRHFV3RJ4IV", State: state, Title: "Іспит"}}})
		if said := strings.Contains(page, p.words["uk"]["state_"+string(state)]); said != (state != certs.Valid) {
			t.Errorf("a certificate that is %s is told to be so: %v: %s", state, said, page)
		}
	}
}

var tagOf = regexp.MustCompile(`<[^>]*>`)

// rendered are the words of a page, with single spaces.
func rendered(t *testing.T, p *pages, name string, data any) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.templates.ExecuteTemplate(&b, name+".html", data); err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(html.UnescapeString(tagOf.ReplaceAllString(b.String(), " "))), " ")
}
