package api

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
)

// practicePage has a question of each way of answering that surprises people, before
// any clock runs. Its items are of no bank: nothing is stored, and what is right may
// be said.
type practicePage struct {
	attemptPage
	Items []practiceItem
	Tried bool
}

type practiceItem struct {
	itemView
	Right bool
	// Refusal says why the answer could not be read.
	Refusal string
	key     exam.Response
}

// practiceItems are the same in every language but for their words.
func practiceItems(t map[string]string) []practiceItem {
	views := []exam.View{
		{Slot: 0, Kind: exam.Multiple, Stem: t["practiceChoose"], Options: []string{"3", "8", "5", "12", "7"}, Choose: 2},
		{Slot: 1, Kind: exam.Ordering, Stem: t["practiceOrder"], Options: []string{"30", "10", "20"}},
		{Slot: 2, Kind: exam.Cloze, Stem: t["practiceGaps"], Passage: t["practicePassage"], Gaps: []exam.GapView{{Options: strings.Split(t["practiceDays"], " ")}, {Numeric: true}}},
	}
	keys := []exam.Response{{Choices: []int{1, 3}}, {Order: []int{1, 2, 0}}, {Gaps: []string{"1", "24"}}}
	items := make([]practiceItem, len(views))
	for n, v := range views {
		items[n] = practiceItem{itemView: newItemView(v, exam.Stored{}, t), key: keys[n]}
	}
	return items
}

func (s *server) practice(c *fiber.Ctx) error {
	p := practicePage{attemptPage: attemptPage{view: s.view(c, "practice")}}
	p.Items = practiceItems(p.T)
	p.Setup, p.Modules = &setup{Words: liveWords(p.T)}, []string{"answers.js"}
	return s.render(c, fiber.StatusOK, "practice", p)
}

// tryPractice shows what became of the answers. The form holds both items; their
// fields differ in name.
func (s *server) tryPractice(c *fiber.Ctx) error {
	p := practicePage{attemptPage: attemptPage{view: s.view(c, "practice")}, Tried: true}
	p.Items = practiceItems(p.T)
	p.Setup, p.Modules = &setup{Words: liveWords(p.T)}, []string{"answers.js"}
	for n := range p.Items {
		it := &p.Items[n]
		given, err := formResponse(c, it.View)
		if err != nil {
			it.Refusal = p.told(problemOf(err))
			continue
		}
		if slices.ContainsFunc(given.Choices, func(i int) bool { return i < 0 || i >= len(it.Options) }) || slices.ContainsFunc(given.Order, func(i int) bool { return i >= len(it.Options) }) {
			continue
		}
		for n := range given.Gaps {
			given.Gaps[n] = strings.TrimSpace(given.Gaps[n])
		}
		it.itemView = newItemView(it.View, exam.Stored{Response: given}, p.T)
		it.Right = given.Leaf() == it.key.Leaf()
	}
	return s.render(c, fiber.StatusOK, "practice", p)
}
