package openbadge

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// reader takes the members of a decoded document, each from its one place and of
// its one type, and notes what is wrong.
type reader struct{ problems }

// object is a member that is an object, with its pointer. A missing one is nil.
func (r *reader) object(in map[string]any, at, name string) (map[string]any, string) {
	at += "/" + name
	value, ok := in[name]
	object, isObject := value.(map[string]any)
	if ok && !isObject {
		r.add(at, "must be an object")
	}
	return object, at
}

// objects is a member that is a list of objects. A single object stands for a
// list of one.
func (r *reader) objects(in map[string]any, at, name string) (list []map[string]any, pointer string) {
	at += "/" + name
	switch value := in[name].(type) {
	case nil:
	case map[string]any:
		list = append(list, value)
	case []any:
		for i, item := range value {
			object, ok := item.(map[string]any)
			if !ok {
				r.add(fmt.Sprintf("%s/%d", at, i), "must be an object")
			}
			list = append(list, object)
		}
	default:
		r.add(at, "must be a list of objects")
	}
	return list, at
}

// plain is a member that is a text without a language, "" for a missing one.
func (r *reader) plain(in map[string]any, at, name string) string {
	value, ok := in[name]
	text, isText := value.(string)
	if ok && !isText {
		r.add(at+"/"+name, "must be a text")
	}
	return text
}

// text is a member in one or more languages. A plain text is in the document's
// own one.
func (r *reader) text(in map[string]any, at, name, language string) Text {
	at += "/" + name
	switch value := in[name].(type) {
	case nil:
		return nil
	case string:
		return Text{language: value}
	case map[string]any:
		return r.languages(at, []any{value})
	case []any:
		return r.languages(at, value)
	}
	r.add(at, "must be a text")
	return nil
}

func (r *reader) languages(at string, values []any) Text {
	t := Text{}
	for _, item := range values {
		value, _ := item.(map[string]any)
		text, isText := value["@value"].(string)
		language, _ := value["@language"].(string)
		if _, twice := t[language]; !isText || twice {
			r.add(at, "must be a text, or one text for each of several languages")
			continue
		}
		t[language] = text
	}
	return t
}

func (r *reader) time(in map[string]any, at, name string) time.Time {
	text := r.plain(in, at, name)
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		r.add(at+"/"+name, "must be a time such as 2026-03-01T09:00:00Z")
	}
	return t.UTC()
}

// types checks that a type, or one of a list of them, is the wanted one.
func (r *reader) types(in map[string]any, at string, wanted ...string) {
	list, ok := in["type"].([]any)
	if !ok {
		list = []any{in["type"]}
	}
	if !slices.ContainsFunc(wanted, func(w string) bool { return slices.Contains(list, any(w)) }) {
		r.add(at+"/type", "must have %s", wanted[0])
	}
}

// read takes the credential out of a decoded document.
func read(document map[string]any) (Credential, error) {
	var r reader
	if list, _ := document["@context"].([]any); !slices.Contains(list, any(ContextOpenBadges)) {
		r.add("/@context", "must have %s", ContextOpenBadges)
	}
	r.types(document, "", "VerifiableCredential")
	r.types(document, "", "OpenBadgeCredential", "AchievementCredential")
	subject, atSubject := r.object(document, "", "credentialSubject")
	r.types(subject, atSubject, "AchievementSubject")
	achievement, atAchievement := r.object(subject, atSubject, "achievement")
	r.types(achievement, atAchievement, "Achievement")
	language := r.plain(achievement, atAchievement, "inLanguage")
	if language == "" {
		language = unstated
	}
	issuer, atIssuer := r.object(document, "", "issuer")
	c := Credential{
		ID: r.plain(document, "", "id"), Language: language, Name: r.text(document, "", "name", language),
		Issuer:    Issuer{ID: r.plain(issuer, atIssuer, "id"), Name: r.text(issuer, atIssuer, "name", language), URL: r.plain(issuer, atIssuer, "url")},
		ValidFrom: r.time(document, "", "validFrom"), ValidUntil: r.time(document, "", "validUntil"),
		Subject: Subject{ID: r.plain(subject, atSubject, "id"), Name: r.holder(subject, atSubject)},
		Results: r.results(subject, atSubject, achievement, atAchievement, language),
		Status:  r.status(document),
	}
	criteria, atCriteria := r.object(achievement, atAchievement, "criteria")
	c.Achievement = Achievement{ID: r.plain(achievement, atAchievement, "id"), Name: r.text(achievement, atAchievement, "name", language),
		Description: r.text(achievement, atAchievement, "description", language),
		Criteria:    r.text(criteria, atCriteria, "narrative", language), Alignments: r.alignments(achievement, atAchievement)}
	if p := slices.Concat(r.problems, c.check()); len(p) > 0 {
		return Credential{}, errMalformed.At(p...)
	}
	return c, nil
}

// holder is the name among the identifiers of the subject, "" when there is none
// in plain text.
func (r *reader) holder(subject map[string]any, at string) string {
	list, at := r.objects(subject, at, "identifier")
	name := ""
	for i, object := range list {
		here := fmt.Sprintf("%s/%d", at, i)
		if r.plain(object, here, "identityType") != "name" || object["hashed"] != false {
			continue
		}
		if name != "" {
			r.add(here, "is a second name")
		}
		name = r.plain(object, here, "identityHash")
	}
	return name
}

func (r *reader) alignments(achievement map[string]any, at string) []Alignment {
	list, at := r.objects(achievement, at, "alignment")
	var alignments []Alignment
	for i, object := range list {
		here := fmt.Sprintf("%s/%d", at, i)
		alignments = append(alignments, Alignment{Name: r.plain(object, here, "targetName"), URL: r.plain(object, here, "targetUrl"),
			Framework: r.plain(object, here, "targetFramework"), Code: r.plain(object, here, "targetCode")})
	}
	return alignments
}

// results joins the subject's results with what the achievement says of them.
func (r *reader) results(subject map[string]any, atSubject string, achievement map[string]any, atAchievement, language string) []Result {
	descriptions := map[string]Result{}
	list, at := r.objects(achievement, atAchievement, "resultDescription")
	for i, object := range list {
		here := fmt.Sprintf("%s/%d", at, i)
		id := r.plain(object, here, "id")
		descriptions[id] = Result{ID: id, Name: r.text(object, here, "name", language), Type: r.plain(object, here, "resultType"),
			Min: r.plain(object, here, "valueMin"), Max: r.plain(object, here, "valueMax"), Cut: r.plain(object, here, "requiredValue")}
	}
	var results []Result
	list, at = r.objects(subject, atSubject, "result")
	for i, object := range list {
		here := fmt.Sprintf("%s/%d", at, i)
		result, ok := descriptions[r.plain(object, here, "resultDescription")]
		if !ok {
			r.add(here+"/resultDescription", "must name a result description of the achievement")
		}
		result.Value = r.plain(object, here, "value")
		results = append(results, result)
	}
	return results
}

func (r *reader) status(document map[string]any) []StatusEntry {
	list, at := r.objects(document, "", "credentialStatus")
	var entries []StatusEntry
	for i, object := range list {
		here := fmt.Sprintf("%s/%d", at, i)
		r.types(object, here, "BitstringStatusListEntry")
		text := r.plain(object, here, "statusListIndex")
		index, err := strconv.Atoi(text)
		if err != nil || strconv.Itoa(index) != text {
			r.add(here+"/statusListIndex", "must be a whole number as a text")
		}
		entries = append(entries, StatusEntry{Purpose: r.plain(object, here, "statusPurpose"), List: r.plain(object, here, "statusListCredential"), Index: index})
	}
	return entries
}
