package qti

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam/interchange"
)

// errRules is a rule that is not run: another one, or too many of them.
var errRules = errors.New("rule of marking that is not understood")

// maxSteps bounds the expressions that marking one response may take. Real items
// need fewer than a hundred.
const maxSteps = 20_000

// maxItemSteps bounds those of all responses that are tried on one item, a second or two:
// the largest text with gaps that Proba writes, 20 gaps with 20 accepted answers each,
// takes half.
const maxItemSteps = 2_000_000

// value is a value of QTI of any type: its members as text. None is NULL.
type value struct {
	members []string
	ordered bool
}

func single(s string) value { return value{members: []string{s}} }

func truth(b bool) value { return single(strconv.FormatBool(b)) }

func (v value) null() bool { return len(v.members) == 0 }

func (v value) is() bool { return len(v.members) == 1 && v.members[0] == "true" }

func (v value) number() (float64, bool) {
	if len(v.members) != 1 {
		return 0, false
	}
	f, err := strconv.ParseFloat(v.members[0], 64)
	return f, err == nil
}

// declaration is a responseDeclaration.
type declaration struct {
	id, cardinality, base string
	correct               []string
	entries               map[string]float64
	order                 []string // the keys of entries
	otherwise             float64
	lower, upper          *float64
	caseless              bool
}

func readDeclaration(e *interchange.Element) *declaration {
	d := &declaration{id: e.Attr("identifier"), cardinality: e.Attr("cardinality"), base: e.Attr("baseType"), entries: make(map[string]float64)}
	for _, v := range e.Child("correctResponse").All("value") {
		d.correct = append(d.correct, d.member(v.Content()))
	}
	m := e.Child("mapping")
	if m == nil {
		return d
	}
	d.otherwise, _ = strconv.ParseFloat(m.Attr("defaultValue"), 64)
	d.lower, d.upper = bound(m.Attr("lowerBound")), bound(m.Attr("upperBound"))
	for _, entry := range m.All("mapEntry") {
		key := d.member(entry.Attr("mapKey"))
		if entry.Attr("caseSensitive") == "false" {
			d.caseless = true
		}
		mapped, err := strconv.ParseFloat(entry.Attr("mappedValue"), 64)
		if _, twice := d.entries[key]; err == nil && !twice {
			d.entries[key] = mapped
			d.order = append(d.order, key)
		}
	}
	return d
}

func bound(s string) *float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil
	}
	return &f
}

// member brings one member of a value into a comparable form. The ends of a pair
// that has no direction are in alphabetical order.
func (d *declaration) member(s string) string {
	if d.base == "string" {
		return strings.TrimSpace(s)
	}
	s = identifier(s)
	if a, b, ok := strings.Cut(s, " "); ok && d.base == "pair" && a > b {
		return b + " " + a
	}
	return s
}

// mapped is mapResponse: the sum of what the members of a response are mapped to,
// each counted once (QTI 2.2, 5.2).
func (d *declaration) mapped(response []string) float64 {
	sum := 0.0
	seen := make(map[string]bool)
	for _, m := range response {
		if seen[m] {
			continue
		}
		seen[m] = true
		f, ok := d.entries[m]
		if !ok && d.caseless {
			for key, mapped := range d.entries {
				if strings.EqualFold(key, m) {
					f, ok = mapped, true
				}
			}
		}
		if !ok {
			f = d.otherwise
		}
		sum += f
	}
	if d.lower != nil {
		sum = max(sum, *d.lower)
	}
	if d.upper != nil {
		sum = min(sum, *d.upper)
	}
	return sum
}

// processing runs an item's response processing.
type processing struct {
	rules        *interchange.Element // nil when there is none
	template     string               // the last part of its template's address
	declarations map[string]*declaration
	outcomes     map[string]value // as declared, before processing
	tables       map[string]*table
	spent        int // steps of all runs
}

func readProcessing(item *interchange.Element) *processing {
	p := &processing{rules: item.Child("responseProcessing"), declarations: make(map[string]*declaration), outcomes: make(map[string]value), tables: make(map[string]*table)}
	for _, e := range item.All("responseDeclaration") {
		d := readDeclaration(e)
		p.declarations[d.id] = d
	}
	for _, e := range item.All("outcomeDeclaration") {
		v := value{}
		for _, member := range e.Child("defaultValue").All("value") {
			v.members = append(v.members, strings.TrimSpace(member.Content()))
		}
		if v.null() && (e.Attr("baseType") == "float" || e.Attr("baseType") == "integer") {
			v = single("0")
		}
		p.outcomes[e.Attr("identifier")] = v
		if t := readTable(e); t != nil {
			p.tables[e.Attr("identifier")] = t
		}
	}
	if p.rules != nil {
		address := strings.TrimSuffix(p.rules.Attr("template"), ".xml")
		p.template = address[strings.LastIndexByte(address, '/')+1:]
	}
	return p
}

// run is one run over one set of responses.
type run struct {
	*processing
	responses map[string][]string
	outcomes  map[string]value
	steps     int
}

// score marks responses by variable. It is an error when a rule is not understood.
func (p *processing) score(responses map[string][]string) (float64, error) {
	switch p.template {
	case "match_correct", "cc_match_correct", "CC2_match", "CC2_match_basic":
		for id, d := range p.declarations {
			if !same(value{members: d.correct, ordered: d.cardinality == "ordered"}, value{members: responses[id]}) {
				return 0, nil
			}
		}
		return 1, nil
	case "map_response", "cc_map_response", "CC2_map_response":
		sum := 0.0
		for id, d := range p.declarations {
			if len(responses[id]) > 0 {
				sum += d.mapped(responses[id])
			}
		}
		return sum, nil
	case "":
	default:
		return 0, errRules
	}
	r := &run{processing: p, responses: responses, outcomes: make(map[string]value, len(p.outcomes))}
	for id, v := range p.outcomes {
		r.outcomes[id] = v
	}
	if p.rules != nil {
		if _, err := r.each(p.rules.Children); err != nil {
			return 0, err
		}
	}
	f, ok := r.outcomes["SCORE"].number()
	if !ok {
		return 0, errRules
	}
	return f, nil
}

// each runs rules in their order; done says that the processing is to stop.
func (r *run) each(rules []*interchange.Element) (done bool, err error) {
	for _, rule := range rules {
		switch rule.Name {
		case "":
		case "exitResponse":
			return true, nil
		case "responseProcessingFragment":
			if done, err = r.each(rule.Children); done || err != nil {
				return done, err
			}
		case "setOutcomeValue":
			v, err := r.only(rule)
			if err != nil {
				return false, err
			}
			r.outcomes[rule.Attr("identifier")] = v
		case "lookupOutcomeValue":
			v, err := r.only(rule)
			t := r.tables[rule.Attr("identifier")]
			if err != nil || t == nil {
				return false, errRules
			}
			if r.outcomes[rule.Attr("identifier")], err = t.look(v); err != nil {
				return false, err
			}
		case "responseCondition":
			if done, err = r.condition(rule); done || err != nil {
				return done, err
			}
		default:
			return false, errRules
		}
	}
	return false, nil
}

// condition runs the first branch that holds.
func (r *run) condition(e *interchange.Element) (done bool, err error) {
	for _, branch := range e.Children {
		if branch.Name == "" {
			continue
		}
		rules := elements(branch)
		if branch.Name == "responseElse" {
			return r.each(rules)
		}
		if len(rules) == 0 {
			return false, errRules
		}
		v, err := r.eval(rules[0])
		if err != nil {
			return false, err
		}
		if v.is() {
			return r.each(rules[1:])
		}
	}
	return false, nil
}

func elements(e *interchange.Element) []*interchange.Element {
	return slices.DeleteFunc(slices.Clone(e.Children), func(c *interchange.Element) bool { return c.Name == "" })
}

// only evaluates the one expression in e.
func (r *run) only(e *interchange.Element) (value, error) {
	all := elements(e)
	if len(all) != 1 {
		return value{}, errRules
	}
	return r.eval(all[0])
}
