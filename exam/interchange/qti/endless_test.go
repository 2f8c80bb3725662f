package qti

import (
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam/interchange"
)

// TestEndlessRules: an item whose rules have been run for long is refused once they are
// run no more, since what they would say of the other answers is not guessed.
func TestEndlessRules(t *testing.T) {
	parsed := func(source string) *interchange.Element {
		root, err := interchange.NewXML([]byte(source)).Root()
		if err != nil {
			t.Fatal(err)
		}
		return root
	}
	later := `<assessmentItem><responseDeclaration identifier="R"><correctResponse><value>A</value></correctResponse></responseDeclaration><outcomeDeclaration identifier="SCORE" baseType="float"/><itemBody><choiceInteraction responseIdentifier="R"><prompt>Who?</prompt><simpleChoice identifier="A">a</simpleChoice><simpleChoice identifier="B">b</simpleChoice></choiceInteraction></itemBody>
<responseProcessing><responseCondition><responseIf><match><variable identifier="R"/><correct identifier="R"/></match><setOutcomeValue identifier="SCORE"><baseValue>1</baseValue></setOutcomeValue></responseIf></responseCondition></responseProcessing></assessmentItem>`
	first := `<item ident="Q"><presentation><material><mattext>Who?</mattext></material><response_lid ident="R"><render_choice><response_label ident="A"><material><mattext>a</mattext></material></response_label><response_label ident="B"><material><mattext>b</mattext></material></response_label></render_choice></response_lid></presentation>
<resprocessing><respcondition><conditionvar><varequal respident="R">A</varequal></conditionvar><setvar>1</setvar></respcondition></resprocessing></item>`
	for _, spent := range []int{0, maxItemSteps - 1} {
		im := new(interchange.Import)
		l := newLibrary(im, "x", nil)
		d := im.Draft("a.xml", 1, "a")
		r := l.reader(d, "a.xml", parsed(later))
		r.p.spent = spent
		r.read()
		im.Add(d)

		d = im.Draft("b.xml", 1, "b")
		v := &v1{item: parsed(first), spent: spent}
		v.im, v.d, v.mark, v.correct = im, d, v.score, make(map[string][]string)
		v.read()
		im.Add(d)

		_, report := im.Finish(interchange.Options{Bank: "test-bank", Lang: "en"})
		told := 0
		for _, p := range report.Problems {
			if strings.Contains(p.Message, "too long to be run") {
				told++
			}
		}
		if want := map[bool]int{true: 0, false: 2}[spent == 0]; told != want || report.Imported != 2-want {
			t.Errorf("after %d steps %d are told of, want %d: %+v", spent, told, want, report)
		}
	}
}
