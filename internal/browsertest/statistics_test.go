package browsertest

import (
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/simulate"
)

// crowdVariable is how many learners sit, for pictures of realistic figures.
const crowdVariable = "PROBA_CROWD"

// oblasts are regions of a country, with names as long as such names are.
var oblasts = []string{"Львівська область", "Харківська область", "Одеська область", "Автономна Республіка Крим", "Вінницька область", "Волинська область", "Дніпропетровська область", "Донецька область",
	"Житомирська область", "Закарпатська область", "Запорізька область", "Івано-Франківська область", "Київська область", "Кіровоградська область", "Луганська область", "Миколаївська область", "Полтавська область",
	"Рівненська область", "Сумська область", "Тернопільська область", "Херсонська область", "Хмельницька область", "Черкаська область", "Чернівецька область", "Чернігівська область"}

// TestStatisticsAreSeen has people sit, asks for statistics in a browser, which follows
// the work, and looks at the reports of the exam and of an item, at what compares people and
// at the regions side by side.
func TestStatisticsAreSeen(t *testing.T) {
	w := newWorld(t)
	people := 60
	if n, err := strconv.Atoi(os.Getenv(crowdVariable)); err == nil {
		people = n
	}
	e, err := w.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	bank, err := w.Exams.Bank(t.Context(), e.Release)
	if err != nil {
		t.Fatal(err)
	}
	var rooms []string
	regions := oblasts
	if people < 300 {
		regions = regions[:3] // enough people in each for figures
	}
	for _, region := range regions {
		rooms = append(rooms, w.room(t, "room-"+strconv.Itoa(len(rooms)), e, region))
	}
	crowd := simulate.Crowd{Exams: w.Exams, Sittings: rooms, People: people, Mean: .9, Seed: 11, Hasty: .05, Pass: w.Clock.Forward}
	for _, rev := range bank.Revisions() {
		if c, ok := rev.Item.Interaction.(*exam.SingleChoice); ok && len(c.Options) > 3 && slices.Contains(rev.Item.Roles, e.Blueprint.Role) && rev.Item.Stimulus == "" {
			crowd.Rushed, crowd.Foreign, crowd.Wrong = crowd.Foreign, crowd.Wrong, rev.Item.ID
		}
	}
	attempts, err := simulate.Sit(t.Context(), crowd)
	if err != nil {
		t.Fatal(err)
	}
	for n, id := range attempts[:people/3] {
		a := w.attempt(t, id)
		if err := w.Exams.AnswerSurvey(t.Context(), a.Person, id, exam.Survey{Clear: 3 + n%3, Fair: 4, Technical: 5, Comment: "Більше часу на задачі."}); err != nil {
			t.Fatal(err)
		}
		if err := w.Exams.Report(t.Context(), a.Person, id, n%5, exam.Reasons()[n%3], "Закон уже змінено."); err != nil {
			t.Fatal(err)
		}
	}
	i := newReviewer(w.device(t), "uk")
	i.enterDesk(w.staff(t, auth.Author, auth.Auditor))
	base := "/workbench/exams/" + e.ID + "/statistics"
	i.computes("/workbench/exams/" + e.ID)
	i.look("statistics")
	i.opensNumbers("statistics-numbers")
	i.seeItem(base, crowd.Wrong, "item-statistics")
	if people >= 300 && !i.sees("підготовлені помиляються частіше") && !i.sees("ймовірно, хибний ключ") {
		t.Errorf("the wrong key is not found:\n%s", i.shown())
	}
	i.open(base + "/similar")
	i.look("alike")
	i.open(base + "/effort")
	i.look("effort")
	i.open("/workbench/regions?exam=" + e.ID)
	i.until("the regions are side by side", "document.querySelectorAll('tbody tr').length >= 3 && document.querySelector('meter')")
	i.look("regions")
	i.seeBank(w, e.Release, crowd)
	if people < 300 {
		return
	}
	i.seeItem(base, crowd.Foreign, "foreign-item-statistics")
	i.open(base + "?lang=en")
	i.look("statistics-in-english")
}

// room opens a sitting of the exam in the region and returns its id.
func (w *world) room(t *testing.T, id string, e exam.Exam, region string) string {
	t.Helper()
	s := exam.Sitting{ID: id, Exam: e.ID, Title: e.Title, Region: region, Opens: w.Clock.Now().Add(-1e9), Closes: w.Clock.Now().Add(1e13)}
	if _, _, err := w.Exams.CreateSitting(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return id
}

// computes goes to the statistics of the exam or the bank of the page, asks for them and
// follows the work to its end.
func (i *reviewer) computes(of string) {
	i.t.Helper()
	i.open(of)
	i.clickIn("a[href$='/statistics']")
	i.at(of + "/statistics")
	i.click("form[action$='/statistics'] button")
	i.until("the figures are computed, without loading the page again", "!document.querySelector('[data-moving]') && document.querySelector(\"[data-regrade] a[href$='/statistics']\")")
	i.click("[data-regrade] a[href$='/statistics']")
	i.until("the figures are shown", "document.querySelector('#items')")
}

// seeItem looks at the report of an item.
func (i *reviewer) seeItem(base, item, name string) {
	i.t.Helper()
	i.open(base + "/items/" + item)
	i.until("the item is shown", "document.querySelector('.facts')")
	i.opensNumbers(name)
}

// opensNumbers looks at the page with every table of a picture open. Each picture that is
// drawn has a title, a description and such a table, or is the map whose table is below.
func (i *reviewer) opensNumbers(name string) {
	i.t.Helper()
	if lacking := value[string](i.device, `[...document.querySelectorAll(".chart:has(svg)")].filter((c) => !c.querySelector("svg > title").textContent || !c.querySelector("svg > desc").textContent
		|| !c.querySelector("details td") && !document.querySelector("#items td")).map((c) => c.querySelector("h2").textContent).join(", ")`); lacking != "" {
		i.t.Errorf("%s: pictures that are not told in words and numbers: %s", name, lacking)
	}
	value[bool](i.device, "(document.querySelectorAll('.chart details').forEach((d) => { d.open = true; }), true)")
	i.look(name)
}
