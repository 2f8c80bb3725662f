package qti

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam/interchange"
)

// eval evaluates an expression (QTI 2.2, 15). Those that items of the kinds that
// are read here have no use for are errRules.
func (r *run) eval(e *interchange.Element) (value, error) {
	r.steps++
	if r.spent++; r.steps > maxSteps || r.spent > maxItemSteps {
		return value{}, errRules
	}
	switch e.Name {
	case "baseValue":
		return single(strings.TrimSpace(e.Content())), nil
	case "null":
		return value{}, nil
	case "variable":
		return r.variable(e.Attr("identifier"))
	case "correct":
		d, ok := r.declarations[e.Attr("identifier")]
		if !ok {
			return value{}, errRules
		}
		return value{members: d.correct, ordered: d.cardinality == "ordered"}, nil
	case "default":
		v, ok := r.processing.outcomes[e.Attr("identifier")]
		if !ok {
			return value{}, errRules
		}
		return v, nil
	case "mapResponse":
		d, ok := r.declarations[e.Attr("identifier")]
		if !ok {
			return value{}, errRules
		}
		if len(r.responses[d.id]) == 0 {
			return single("0"), nil
		}
		return number(d.mapped(r.responses[d.id])), nil
	}
	var operands []value
	for _, c := range elements(e) {
		v, err := r.eval(c)
		if err != nil {
			return value{}, err
		}
		operands = append(operands, v)
	}
	return operate(e, operands)
}

func (r *run) variable(id string) (value, error) {
	if d, ok := r.declarations[id]; ok {
		return value{members: r.responses[id], ordered: d.cardinality == "ordered"}, nil
	}
	v, ok := r.outcomes[id]
	if !ok {
		return value{}, errRules
	}
	return v, nil
}

func number(f float64) value { return single(strconv.FormatFloat(f, 'g', -1, 64)) }

// operate applies an operator whose operands have been evaluated.
func operate(e *interchange.Element, v []value) (value, error) {
	switch {
	case e.Name == "and":
		return truth(!slices.ContainsFunc(v, func(v value) bool { return !v.is() })), nil
	case e.Name == "or":
		return truth(slices.ContainsFunc(v, value.is)), nil
	case e.Name == "anyN":
		return anyOf(e, v)
	case e.Name == "multiple", e.Name == "ordered":
		all := value{ordered: e.Name == "ordered"}
		for _, one := range v {
			all.members = append(all.members, one.members...)
		}
		return all, nil
	case e.Name == "sum", e.Name == "product", e.Name == "max", e.Name == "min":
		return fold(e.Name, v)
	case len(v) == 1:
		return unary(e, v[0])
	case len(v) == 2:
		return binary(e, v[0], v[1])
	}
	return value{}, errRules
}

func unary(e *interchange.Element, v value) (value, error) {
	switch e.Name {
	case "not":
		return truth(!v.is()), nil
	case "isNull":
		return truth(v.null() || len(v.members) == 1 && v.members[0] == ""), nil
	case "containerSize":
		return number(float64(len(v.members))), nil
	case "integerToFloat":
		return v, nil
	case "index":
		if n, err := strconv.Atoi(e.Attr("n")); err == nil && n >= 1 { // a variable as n is not followed
			if n > len(v.members) {
				return value{}, nil
			}
			return single(v.members[n-1]), nil
		}
	case "round", "truncate":
		return whole(e.Name, v)
	case "patternMatch":
		return patternMatch(e, v)
	}
	return value{}, errRules
}

func fold(name string, v []value) (value, error) {
	var result float64
	first := true
	for _, operand := range v {
		for _, m := range operand.members {
			f, err := strconv.ParseFloat(m, 64)
			if err != nil {
				return value{}, errRules
			}
			switch {
			case first:
				result, first = f, false
			case name == "sum":
				result += f
			case name == "product":
				result *= f
			case name == "max":
				result = max(result, f)
			case name == "min":
				result = min(result, f)
			}
		}
	}
	if first {
		return value{}, nil
	}
	return number(result), nil
}

func binary(e *interchange.Element, a, b value) (value, error) {
	switch e.Name {
	case "match":
		return truth(same(a, b)), nil
	case "member":
		return truth(len(a.members) == 1 && slices.Contains(b.members, a.members[0])), nil
	case "contains":
		return truth(!b.null() && !slices.ContainsFunc(b.members, func(m string) bool { return !slices.Contains(a.members, m) })), nil
	case "stringMatch":
		return stringMatch(e, a, b)
	case "substring":
		return substring(e, a, b)
	case "delete":
		return without(a, b), nil
	}
	if a.null() || b.null() {
		return value{}, nil
	}
	switch e.Name {
	case "equal":
		return equal(e, a, b)
	case "equalRounded":
		return equalRounded(e, a, b)
	}
	x, ok := a.number()
	y, okToo := b.number()
	if !ok || !okToo {
		if strings.HasPrefix(e.Name, "lt") || strings.HasPrefix(e.Name, "gt") {
			return truth(false), nil // a learner may type what is no number
		}
		return value{}, errRules
	}
	switch e.Name {
	case "lt":
		return truth(x < y), nil
	case "gt":
		return truth(x > y), nil
	case "lte":
		return truth(x <= y), nil
	case "gte":
		return truth(x >= y), nil
	case "subtract":
		return number(x - y), nil
	case "divide":
		if y == 0 {
			return value{}, nil
		}
		return number(x / y), nil
	}
	return value{}, errRules
}

// equal compares numbers as the exact decimals that they are written as: exactly,
// or within a tolerance that is absolute or in percent.
func equal(e *interchange.Element, a, b value) (value, error) {
	x, ok := interchange.ParseDecimal(a.members[0])
	y, okToo := interchange.ParseDecimal(b.members[0])
	if !ok || !okToo || len(a.members) > 1 || len(b.members) > 1 {
		return truth(false), nil
	}
	low, high, ok := tolerated(e, y)
	if !ok {
		return value{}, errRules
	}
	return truth(x.Cmp(low) >= 0 && x.Cmp(high) <= 0), nil
}

// tolerated is the range around y that <equal> takes for equal.
func tolerated(e *interchange.Element, y *big.Rat) (low, high *big.Rat, ok bool) {
	mode := e.Attr("toleranceMode")
	if mode == "" || mode == "exact" {
		return y, y, true
	}
	bounds := strings.Fields(e.Attr("tolerance"))
	if len(bounds) == 0 || len(bounds) > 2 {
		return nil, nil, false
	}
	below, ok := interchange.ParseDecimal(bounds[0])
	above, okToo := interchange.ParseDecimal(bounds[len(bounds)-1])
	if !ok || !okToo {
		return nil, nil, false
	}
	switch mode {
	case "absolute":
	case "relative":
		below, above = percent(y, below), percent(y, above)
	default:
		return nil, nil, false
	}
	return new(big.Rat).Sub(y, below), new(big.Rat).Add(y, above), true
}

// percent is the share of y.
func percent(y, share *big.Rat) *big.Rat {
	return new(big.Rat).Mul(y, new(big.Rat).Mul(share, big.NewRat(1, 100)))
}

func stringMatch(e *interchange.Element, a, b value) (value, error) {
	if a.null() || b.null() {
		return truth(false), nil
	}
	x, y := strings.TrimSpace(a.members[0]), strings.TrimSpace(b.members[0])
	if e.Attr("caseSensitive") == "false" {
		x, y = strings.ToLower(x), strings.ToLower(y)
	}
	if e.Attr("substring") == "true" {
		return truth(strings.Contains(x, y)), nil
	}
	return truth(x == y), nil
}

// same compares two values: in order when one of them has an order, else as
// multisets; numbers by value.
func same(a, b value) bool {
	if len(a.members) != len(b.members) {
		return false
	}
	x, y := a.members, b.members
	if !a.ordered && !b.ordered {
		x, y = slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(y))
	}
	for i := range x {
		if x[i] == y[i] {
			continue
		}
		f, err := strconv.ParseFloat(x[i], 64)
		g, errToo := strconv.ParseFloat(y[i], 64)
		if err != nil || errToo != nil || f != g {
			return false
		}
	}
	return len(x) > 0
}
