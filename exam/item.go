package exam

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/strictjson"
)

// Kind names the way in which an item is answered.
type Kind string

// The kinds of item. Each has one file, named after it, with its interaction.
const (
	Single    Kind = "single"
	Multiple  Kind = "multiple"
	TrueFalse Kind = "true_false"
	Matching  Kind = "matching"
	Ordering  Kind = "ordering"
	Numeric   Kind = "numeric"
	ShortText Kind = "short_text"
	Cloze     Kind = "cloze"
	Hotspot   Kind = "hotspot"

	ExtendedText Kind = "extended_text"
)

// Difficulty is the author's guess, used until responses give an estimate.
type Difficulty string

// The author's difficulties.
const (
	Basic   Difficulty = "basic"
	Applied Difficulty = "applied"
	Expert  Difficulty = "expert"
)

// levels are the cognitive levels of the revised Bloom taxonomy that the
// blueprints use (Anderson and Krathwohl 2001, without "create"), lowest first.
var levels = []string{"remember", "understand", "apply", "analyse", "evaluate"}

// Limits of size, in characters. They are far above what a person reads in an
// exam; they keep a form small enough for a bad line.
const (
	maxStem      = 2000
	maxRationale = 2000
	maxStimulus  = 6000
	maxOption    = 600
	maxOptions   = 12
)

// Reference says what an item rests on.
type Reference struct {
	// Fact is the number in the bank's fact base, "" when there is none.
	Fact string `json:"fact,omitempty"`
	// Source is the instrument with article, as a lawyer would cite it.
	Source string `json:"source,omitempty"`
}

// Item is one question. Its content never changes under a Revision: an edit
// makes another revision of the same ID.
type Item struct {
	ID         string      `json:"id"`
	Kind       Kind        `json:"kind"`
	Roles      []string    `json:"roles"`
	Topic      string      `json:"topic"`
	Stage      string      `json:"stage,omitempty"`
	Level      string      `json:"level"`
	Difficulty Difficulty  `json:"difficulty"`
	References []Reference `json:"references,omitempty"`
	// Stimulus is the id of the case text that this item shares with others of
	// its testlet, "" for an item that stands alone.
	Stimulus string `json:"stimulus,omitempty"`
	// Enemies are ids of items that must not share a form with this one. The
	// relation is symmetric: naming it on one side is enough.
	Enemies []string `json:"enemies,omitempty"`
	// Pretest marks an item that is tried out: it fills the pretest slots of a
	// blueprint, never a cell, and does not count for the score.
	Pretest     bool        `json:"pretest,omitempty"`
	Stem        Text        `json:"stem"`
	Interaction Interaction `json:"interaction"`
	// Scoring names the rule; "" means the kind's default.
	Scoring   Rule `json:"scoring,omitempty"`
	Rationale Text `json:"rationale,omitempty"`
}

// Stimulus is a case text shared by the items of a testlet, which are drawn
// together and shown in the order of the bank.
type Stimulus struct {
	ID   string `json:"id"`
	Text Text   `json:"text"`
}

// Interaction is what a kind of item adds to stem and rationale: what is shown
// for answering, the key, and how an answer is read and marked. Positions in a
// Response are positions in the presented order, and an Arrangement turns them
// into authored ones.
type Interaction interface {
	// check reports faults of the authored content at path.
	check(path string, langs []string) []fault.Field
	// shape returns how many things can be arranged.
	shape() shape
	// present adds what a learner may see, arranged, in language lang.
	present(v *View, a Arrangement, lang string)
	// accept reports why r cannot be an answer, whatever is right.
	accept(r Response) *fault.Field
	// mark returns the share of full credit that r earns under rule.
	mark(rule Rule, a Arrangement, r Response) Credit
	// rules lists the scoring rules that fit, the default first.
	rules() []Rule
	// key returns the right answer in presented positions.
	key(a Arrangement) Response
}

var newInteraction = map[Kind]func() Interaction{
	Single:    func() Interaction { return new(SingleChoice) },
	Multiple:  func() Interaction { return new(MultipleChoice) },
	TrueFalse: func() Interaction { return new(TrueOrFalse) },
	Matching:  func() Interaction { return new(Match) },
	Ordering:  func() Interaction { return new(Order) },
	Numeric:   func() Interaction { return new(Number) },
	ShortText: func() Interaction { return new(Words) },
	Cloze:     func() Interaction { return new(ClozeText) },
	Hotspot:   func() Interaction { return new(HotspotImage) },

	ExtendedText: func() Interaction { return new(Essay) },
}

// UnmarshalJSON decodes an item strictly: a member that is unknown or comes twice,
// or an interaction that does not fit the kind, is a *strictjson.Error.
func (it *Item) UnmarshalJSON(data []byte) error {
	type plain Item
	raw := struct {
		*plain
		Interaction json.RawMessage `json:"interaction"`
	}{plain: (*plain)(it)}
	if err := strictjson.Unmarshal(data, &raw); err != nil {
		return err
	}
	build, ok := newInteraction[it.Kind]
	if !ok {
		return &strictjson.Error{Path: "/kind", Message: fmt.Sprintf("%q is not a kind of item", it.Kind)}
	}
	it.Interaction = build()
	if len(raw.Interaction) == 0 {
		return &strictjson.Error{Path: "/interaction", Message: "is missing"}
	}
	err := strictjson.Unmarshal(raw.Interaction, it.Interaction)
	if wrong, ok := errors.AsType[*strictjson.Error](err); ok {
		return wrong.Below("/interaction")
	}
	return err
}

// Rule returns the scoring rule in force: the item's own or its kind's default.
func (it *Item) Rule() Rule {
	if it.Scoring != "" {
		return it.Scoring
	}
	return it.Interaction.rules()[0]
}

var (
	idPattern   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,62}[a-z0-9]$`)
	termPattern = regexp.MustCompile(`^[a-z][a-z0-9-]{1,62}$`)
)

// Check reports every fault of the item for a bank in the given languages. An
// empty result means that it can be put before a learner.
func (it *Item) Check(langs []string) []fault.Field {
	var faults []fault.Field
	add := func(path, format string, args ...any) {
		faults = append(faults, fault.Field{Path: path, Message: fmt.Sprintf(format, args...)})
	}
	if !idPattern.MatchString(it.ID) {
		add("/id", "%q is not an id: use 3 to 64 small letters, digits and hyphens", it.ID)
	}
	if len(it.Roles) == 0 {
		add("/roles", "names no role; an item without a role can never be drawn")
	}
	for i, role := range it.Roles {
		if !termPattern.MatchString(role) {
			add(fmt.Sprintf("/roles/%d", i), "%q is not a role: use small letters, digits and hyphens", role)
		}
	}
	if !termPattern.MatchString(it.Topic) {
		add("/topic", "%q is not a topic: use small letters, digits and hyphens", it.Topic)
	}
	if it.Stage != "" && !termPattern.MatchString(it.Stage) {
		add("/stage", "%q is not a stage: use small letters, digits and hyphens", it.Stage)
	}
	if !slices.Contains(levels, it.Level) {
		add("/level", "%q is not a cognitive level; use one of %v", it.Level, levels)
	}
	if !slices.Contains([]Difficulty{Basic, Applied, Expert}, it.Difficulty) {
		add("/difficulty", "%q is not a difficulty; use basic, applied or expert", it.Difficulty)
	}
	for i, enemy := range it.Enemies {
		if enemy == it.ID {
			add(fmt.Sprintf("/enemies/%d", i), "an item cannot be its own enemy")
		}
	}
	faults = append(faults, it.Stem.check("/stem", langs, maxStem)...)
	if len(it.Rationale) > 0 {
		faults = append(faults, it.Rationale.check("/rationale", langs, maxRationale)...)
	}
	if it.Pretest && it.Essay() != nil {
		add("/pretest", "an item that people mark cannot be tried out: nobody would mark it")
	}
	faults = append(faults, it.Interaction.check("/interaction", langs)...)
	if !slices.Contains(it.Interaction.rules(), it.Rule()) {
		add("/scoring", "%q does not fit this kind; use one of %v", it.Scoring, it.Interaction.rules())
	}
	return faults
}

// Revision is an item's content under its hash. It is immutable: the same hash
// is always the same content.
type Revision struct {
	Hash string `json:"hash"`
	Item Item   `json:"item"`
}

// NewRevision returns it under its content hash.
func NewRevision(it Item) (Revision, error) {
	h, err := contentHash(it)
	if err != nil {
		return Revision{}, fmt.Errorf("revision of item %s: %w", it.ID, err)
	}
	return Revision{Hash: h, Item: it}, nil
}

// contentHash is the SHA-256, in hex, of v as encoding/json writes it: members
// in the order of the Go types, map keys sorted, no white space. It depends on
// content only, never on time or place.
func contentHash(v any) (string, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}
