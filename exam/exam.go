package exam

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/proba-exam/proba/internal/fault"
)

// ExamState is where an exam stands.
type ExamState string

// The states of an exam. Only a draft can be edited; only a published exam can
// be sat.
const (
	ExamDraft     ExamState = "draft"
	ExamPublished ExamState = "published"
	ExamRetired   ExamState = "retired"
)

// MaxAttempts is the most attempts that a policy may allow one person.
const MaxAttempts = 20

// maxValidDays is the longest that a certificate is valid, the same as in certs.
const maxValidDays = 36_500

// Exam is a blueprint over one release of a bank, with its policy.
type Exam struct {
	Schema  int       `json:"schema"`
	ID      string    `json:"id"`
	Version int64     `json:"version"`
	State   ExamState `json:"state"`
	Title   Text      `json:"title"`
	// Programme names the course of training that the exam ends.
	Programme string    `json:"programme"`
	Release   string    `json:"release"`
	Blueprint Blueprint `json:"blueprint"`
	// Calibration is the hash of what the items' difficulties rest on, "" for
	// their authors' judgement. It is fixed by publishing.
	Calibration string      `json:"calibration,omitempty"`
	Policy      Policy      `json:"policy"`
	CreatedAt   time.Time   `json:"created_at"`
	PublishedAt time.Time   `json:"published_at,omitzero"`
	PublishedBy string      `json:"published_by,omitempty"`
	Feasibility Feasibility `json:"feasibility,omitzero"`

	// Corrections are the keys that count instead of those of the release, one an
	// item. KeyChanges are the ids of the regrades that brought them, oldest first.
	Corrections []Correction `json:"corrections,omitempty"`
	KeyChanges  []string     `json:"key_changes,omitempty"`
	// Markers are the people who mark what no key can; see marking.go.
	Markers []string `json:"markers,omitempty"`
	// Regrading is the id of the regrade that is under way, "" for none: one at a time.
	Regrading string `json:"regrading,omitempty"`
}

// Policy is how an exam is sat and what follows from it.
type Policy struct {
	// Languages in which a learner may sit; each must be one of the bank's.
	Languages []string `json:"languages"`
	// TimeLimit in seconds, 60 to 8 hours.
	TimeLimit int `json:"time_limit"`
	// Grace in seconds after the deadline in which answers under way are still
	// scored, 0 to 600.
	Grace int `json:"grace"`
	// Attempts is how often one person may sit, 1 to 20.
	Attempts int `json:"attempts"`
	// RetakeDelay in seconds between the end of one attempt and the next start.
	RetakeDelay int `json:"retake_delay"`
	// Review says what the learner sees afterwards, and when.
	Review Review `json:"review"`
	// Certificate says whether passing earns one.
	Certificate CertificatePolicy `json:"certificate"`
}

// Show is how much of a result a learner sees once it is released.
type Show string

// What can be shown; each includes the ones before it.
const (
	// ShowNothing tells only that the attempt was received.
	ShowNothing Show = "nothing"
	// ShowScore tells pass or fail, total, sections and gates.
	ShowScore Show = "score"
	// ShowResponses adds the learner's own answers and their marks.
	ShowResponses Show = "responses"
	// ShowKeys adds the right answers and rationales.
	ShowKeys Show = "keys"
)

var shows = []Show{ShowNothing, ShowScore, ShowResponses, ShowKeys}

// When is the moment of release.
type When string

// The moments of release.
const (
	// AtOnce releases with grading.
	AtOnce When = "at_once"
	// AfterWindow releases when the sitting has closed. A review that shows answers
	// or keys waits until everybody who started at the last moment has ended,
	// extensions left aside.
	AfterWindow When = "after_window"
	// ByHand releases when an administrator says so.
	ByHand When = "by_hand"
)

// Review is what a learner sees after an attempt, and when.
type Review struct {
	Show Show `json:"show"`
	When When `json:"when"`
}

// CertificatePolicy is what passing earns.
type CertificatePolicy struct {
	Issue bool `json:"issue"`
	// ValidDays until the certificate expires, 0 for what the template says, which
	// without one is never.
	ValidDays int `json:"valid_days"`
	// ShowScore prints the score on it.
	ShowScore bool `json:"show_score"`
	// Template is the revision of a certificate template, such as "academy/3", that
	// certificates are printed by; "" for the usual look.
	Template string `json:"template,omitempty"`
}

// revealsItems reports whether the review shows what others may still be asked.
func (r *Review) revealsItems() bool { return r.Show == ShowResponses || r.Show == ShowKeys }

// TellsScore reports whether the learner sees the result.
func (p *Policy) TellsScore() bool {
	return slices.Index(shows, p.Review.Show) >= slices.Index(shows, ShowScore)
}

// longest is how long an attempt can run: the time limit with the largest
// accommodation, and the grace.
func (p *Policy) longest() time.Duration {
	return time.Duration(p.TimeLimit*(100+MaxExtraTime)/100+p.Grace) * time.Second
}

// Feasibility is what publishing proved about the blueprint over its release.
type Feasibility struct {
	// Cells gives, in the blueprint's order, what is asked and what is there.
	Cells []CellSupply `json:"cells"`
	// DistinctForms is the base-10 logarithm of the number of different sets of
	// items that the cells allow, enemies and testlets left aside: an upper
	// bound.
	DistinctForms float64 `json:"distinct_forms_log10"`
	// MeanOverlap is the mean share of items that two forms have in common, and
	// MaxOverlap the largest, both over all pairs of Drawn trial forms.
	MeanOverlap float64 `json:"mean_overlap"`
	MaxOverlap  float64 `json:"max_overlap"`
	Drawn       int     `json:"drawn"`
	// Difficulty says how equal the trial forms are.
	Difficulty *DifficultySpread `json:"difficulty,omitempty"`
}

// DifficultySpread is how equal forms are for a candidate exactly at the cut.
type DifficultySpread struct {
	// Theta is that candidate's ability.
	Theta float64 `json:"theta_cut"`
	// Mean and SD of the expected score over the trial forms, in points.
	Mean float64 `json:"mean"`
	SD   float64 `json:"sd"`
	// ParameterSD is the standard deviation that errors in what is known of the
	// items leave on top, in points: a lower bound of the true spread.
	ParameterSD float64 `json:"parameter_sd"`
	// PassMin and PassMax bound the chance to pass over the trial forms.
	PassMin float64 `json:"pass_min"`
	PassMax float64 `json:"pass_max"`
	// Basis says what the difficulties rest on.
	Basis Basis `json:"basis"`
}

// CellSupply compares a cell with the bank.
type CellSupply struct {
	Count     int `json:"count"`
	Available int `json:"available"`
}

// Sitting entitles a group of learners to an exam in a window.
type Sitting struct {
	Schema  int    `json:"schema"`
	ID      string `json:"id"`
	Version int64  `json:"version"`
	Exam    string `json:"exam"`
	Title   Text   `json:"title"`
	// Region, Organisation and Cohort say whose learners sit; each may be "".
	Region       string `json:"region"`
	Organisation string `json:"organisation,omitempty"`
	Cohort       string `json:"cohort,omitempty"`
	// Opens and Closes bound the start of an attempt: from Opens on, before
	// Closes. A running attempt may end after Closes.
	Opens  time.Time `json:"opens"`
	Closes time.Time `json:"closes"`
	// AccessCode says which code who starts has to type, if any.
	AccessCode AccessMode `json:"access_code,omitempty"`
	// Pauses are those of the whole room, oldest first; in the last one, while it is
	// not over, nobody starts.
	Pauses    []Pause   `json:"pauses,omitempty"`
	CreatedAt time.Time `json:"created_at"`
}

// maxGroup is the longest name of a region, an organisation or a cohort: what fits
// a column of a list.
const maxGroup = 200

// Entitlement says that one person may sit in a sitting.
type Entitlement struct {
	Schema  int    `json:"schema"`
	Sitting string `json:"sitting"`
	Person  string `json:"person"`
	Exam    string `json:"exam"`
	// ExtraTime is an accommodation, in percent of the time limit, 0 to 300.
	ExtraTime int       `json:"extra_time"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"`
	// ToldAt is when a letter about the sitting was first written to the person, zero
	// before, and again when it could not be sent.
	ToldAt time.Time `json:"told_at,omitzero"`
}

// Check reports every fault of the exam by itself, without its bank.
func (e *Exam) Check() []fault.Field {
	var faults []fault.Field
	add := func(path, format string, args ...any) {
		faults = append(faults, fault.Field{Path: path, Message: fmt.Sprintf(format, args...)})
	}
	between := func(path string, n, low, high int, what string) {
		if n < low || n > high {
			add(path, "is %d; %s is %d to %d", n, what, low, high)
		}
	}
	p := &e.Policy
	if !idPattern.MatchString(e.ID) {
		add("/id", "%q is not an id: use 3 to 64 small letters, digits and hyphens", e.ID)
	}
	if !idPattern.MatchString(e.Programme) {
		add("/programme", "%q is not an id: use 3 to 64 small letters, digits and hyphens", e.Programme)
	}
	if len(p.Languages) == 0 {
		add("/policy/languages", "names no language")
	}
	faults = append(faults, e.Title.checkTitle("/title", p.Languages)...)
	between("/policy/time_limit", p.TimeLimit, 60, 8*3600, "a time limit in seconds")
	between("/policy/grace", p.Grace, 0, 600, "a grace in seconds")
	between("/policy/attempts", p.Attempts, 1, MaxAttempts, "a number of attempts")
	between("/policy/retake_delay", p.RetakeDelay, 0, 366*24*3600, "a delay in seconds")
	between("/policy/certificate/valid_days", p.Certificate.ValidDays, 0, maxValidDays, "a validity in days")
	if !slices.Contains(shows, p.Review.Show) {
		add("/policy/review/show", "%q is not one of %v", p.Review.Show, shows)
	}
	if !slices.Contains([]When{AtOnce, AfterWindow, ByHand}, p.Review.When) {
		add("/policy/review/when", "%q is not one of at_once, after_window, by_hand", p.Review.When)
	}
	for _, f := range e.Blueprint.Check(p.Languages) {
		add("/blueprint"+f.Path, "%s", f.Message)
	}
	return faults
}

// Check reports every fault of the sitting by itself.
func (s *Sitting) Check(langs []string) []fault.Field {
	var faults []fault.Field
	if !idPattern.MatchString(s.ID) {
		faults = append(faults, fault.Field{Path: "/id", Message: fmt.Sprintf("%q is not an id: use 3 to 64 small letters, digits and hyphens", s.ID)})
	}
	for _, f := range []struct{ path, value string }{{"/region", s.Region}, {"/organisation", s.Organisation}, {"/cohort", s.Cohort}} {
		if utf8.RuneCountInString(f.value) > maxGroup || strings.ContainsFunc(f.value, unicode.IsControl) {
			faults = append(faults, fault.Field{Path: f.path, Message: fmt.Sprintf("must be one line of at most %d characters", maxGroup)})
		}
	}
	if s.AccessCode != AccessOpen && s.AccessCode != AccessRotating && s.AccessCode != AccessFixed {
		faults = append(faults, fault.Field{Path: "/access_code", Message: `must be "rotating", "fixed" or empty`})
	}
	if !s.Closes.After(s.Opens) {
		faults = append(faults, fault.Field{Path: "/closes", Message: "must be later than opens"})
	}
	return append(faults, s.Title.checkTitle("/title", langs)...)
}
