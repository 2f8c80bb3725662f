package api

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// term is what the catalogue says for a term of the domain, else the term.
func (v view) term(kind, name string) string {
	if said, ok := v.T[kind+"_"+name]; ok {
		return said
	}
	return name
}

// namedCode is a term of a bank, such as a topic, for people: what the catalogue calls it,
// and the code that forms and files ask for, "" when there is no other name.
type namedCode struct{ Name, Code string }

// namedCodes names one code or a list of any kind of text. Banks name their topics and
// roles as they like; the catalogue knows those of the bank that comes with the service.
func namedCodes(term func(kind, name string) string, kind string, codes any) []namedCode {
	v := reflect.ValueOf(codes)
	if v.Kind() == reflect.String {
		v = reflect.ValueOf([]string{v.String()})
	}
	all := make([]namedCode, v.Len())
	for i := range all {
		code := fmt.Sprint(v.Index(i))
		if all[i].Name = term(kind, code); all[i].Name != code {
			all[i].Code = code
		}
	}
	return all
}

// place says a path such as "/blueprint/cells/2/count" for people, who count from 1.
func (v *deskView) place(path string) string {
	var parts []string
	for part := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		if n, err := strconv.Atoi(part); err == nil {
			part = strconv.Itoa(n + 1)
		} else if said, ok := v.T["place_"+part]; ok {
			part = said
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " ")
}

// said is a service's message in the page's language where the catalogue has it. The
// catalogue's keys hold {} for what varies in a message; its words hold {1}, {2} for the
// first and second of them, or {} in the same order.
func (v deskView) said(message string) string {
	for key, words := range v.T {
		pattern, ok := strings.CutPrefix(key, "said_")
		if !ok {
			continue
		}
		if varying, ok := match(pattern, message); ok {
			for i, s := range varying {
				s = v.said(s) // a message within a message
				words = strings.ReplaceAll(words, fmt.Sprintf("{%d}", i+1), s)
				words = strings.Replace(words, "{}", s, 1)
			}
			return words
		}
	}
	return message
}

// match returns what stands in the message where the pattern has {}.
func match(pattern, message string) (varying []string, ok bool) {
	fixed := strings.Split(pattern, "{}")
	rest, ok := strings.CutPrefix(message, fixed[0])
	if !ok {
		return nil, false
	}
	for i, next := range fixed[1:] {
		at := strings.Index(rest, next)
		if i == len(fixed)-2 && strings.HasSuffix(rest, next) {
			at = len(rest) - len(next)
		}
		if at < 0 {
			return nil, false
		}
		varying = append(varying, rest[:at])
		rest = rest[at+len(next):]
	}
	return varying, rest == ""
}
