package qti

import (
	"regexp"
	"strings"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/exam/interchange"
)

// contents are what the schemas of QTI 2.2.4 and 3.0.1 let stand in elements, in which
// order, as far as they are written here; names are those of 2.2.
var contents = map[string]*regexp.Regexp{
	"assessmentItem":          regexp.MustCompile(`^(responseDeclaration )*(outcomeDeclaration )*(assessmentStimulusRef )*(itemBody )?(responseProcessing )?(modalFeedback )*$`),
	"responseDeclaration":     regexp.MustCompile(`^(correctResponse )?(mapping )?$`),
	"outcomeDeclaration":      regexp.MustCompile(`^(defaultValue )?$`),
	"correctResponse":         regexp.MustCompile(`^(value )+$`),
	"mapping":                 regexp.MustCompile(`^(mapEntry )+$`),
	"itemBody":                regexp.MustCompile(`^((p|div|choiceInteraction|orderInteraction|matchInteraction|hotspotInteraction|extendedTextInteraction|rubricBlock) )+$`),
	"choiceInteraction":       regexp.MustCompile(`^(simpleChoice )+$`),
	"orderInteraction":        regexp.MustCompile(`^(simpleChoice )+$`),
	"matchInteraction":        regexp.MustCompile(`^simpleMatchSet simpleMatchSet $`),
	"simpleMatchSet":          regexp.MustCompile(`^(simpleAssociableChoice )*$`),
	"hotspotInteraction":      regexp.MustCompile(`^(object|img) (hotspotChoice )+$`),
	"hotspotChoice":           regexp.MustCompile(`^$`),
	"inlineChoiceInteraction": regexp.MustCompile(`^(inlineChoice )+$`),
	"inlineChoice":            regexp.MustCompile(`^((br|em|strong|img) )*$`),
	"textEntryInteraction":    regexp.MustCompile(`^$`),
	"extendedTextInteraction": regexp.MustCompile(`^$`),
	"p":                       regexp.MustCompile(`^((br|em|strong|img|span|textEntryInteraction|inlineChoiceInteraction) )*$`),
	"dl":                      regexp.MustCompile(`^((dt|dd) )*$`),
	"dt":                      regexp.MustCompile(`^$`),
	"responseProcessing":      regexp.MustCompile(`^(responseCondition )*$`),
	"responseCondition":       regexp.MustCompile(`^responseIf (responseElseIf )*(responseElse )?$`),
	"responseIf":              regexp.MustCompile(`^(and|equal|isNull|match|or|stringMatch) (setOutcomeValue )+$`),
	"responseElse":            regexp.MustCompile(`^(setOutcomeValue )+$`),
	"setOutcomeValue":         regexp.MustCompile(`^(baseValue|sum) $`),
}

// wordless are elements that hold no text of their own.
var wordless = map[string]bool{"assessmentItem": true, "itemBody": true, "hotspotInteraction": true, "inlineChoiceInteraction": true, "dl": true, "responseIf": true}

// fits reports what of a written item the schemas do not allow.
func fits(t *rapid.T, root *interchange.Element) {
	root.Walk(func(e *interchange.Element) bool {
		var names strings.Builder
		for _, c := range e.Children {
			if c.Name != "" {
				names.WriteString(c.Name + " ")
			} else if wordless[e.Name] && strings.TrimSpace(c.Text) != "" {
				t.Errorf("<%s> holds the text %q", e.Name, c.Text)
			}
		}
		if allowed := contents[e.Name]; allowed != nil && !allowed.MatchString(names.String()) {
			t.Errorf("<%s> holds %s", e.Name, names.String())
		}
		return true
	})
}
