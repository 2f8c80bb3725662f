package table

import (
	"fmt"
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam/interchange"
)

// The columns. Those of texts may have a language behind a colon.
const (
	colID         = "id"
	colKind       = "kind"
	colRoles      = "roles"      // separated by semicolons
	colTopic      = "topic"      //
	colStage      = "stage"      //
	colLevel      = "level"      //
	colDifficulty = "difficulty" //
	colReferences = "references" // one a line: fact = source
	colEnemies    = "enemies"    // ids, separated by semicolons
	colScoring    = "scoring"    //
	colCaseID     = "case id"    // of the case text that the question belongs to
	colCase       = "case"       // the case text, once
	colStem       = "stem"       //
	colKey        = "key"        // by kind: numbers or letters of options, true or false, a number
	colTolerance  = "tolerance"  // of a number
	colUnit       = "unit"       // of a number
	colInteger    = "integer"    // "yes": a whole number is asked for
	colChoose     = "choose"     // "yes": the learner is told how many are right
	colFixed      = "fixed"      // numbers of the options that stay in place
	colRationale  = "rationale"  //
	colImage      = "image"      // a file beside the table that the stem shows
	colAlt        = "image description"
	colPassage    = "passage"        // of a text with gaps; of areas the image
	colWeights    = "weights"        // of gaps, separated by semicolons
	colArea       = "area"           // "area 1", …: outline and coordinates of the option of that number
	colMaxChars   = "max characters" // of an essay
	colMinWords   = "min words"      //
	colMaxWords   = "max words"      //
	colOption     = "option"         // "option 1", "option 2", …: options, steps, prompts or accepted answers
	colMatch      = "match"          // "match 1", …: what belongs to the option of that number
)

// maxOptions bounds the numbered columns: the most accepted answers of an item.
const maxOptions = 20

var (
	plainColumns = []string{colID, colKind, colRoles, colTopic, colStage, colLevel, colDifficulty, colReferences, colEnemies, colScoring, colCaseID,
		colKey, colTolerance, colInteger, colChoose, colFixed, colImage,
		colWeights, colMaxChars, colMinWords, colMaxWords}
	textColumns = []string{colCase, colStem, colPassage, colUnit, colRationale, colAlt}
)

// header says where each column is: by name, then by language.
type header map[string]map[string]int

// readHeader reads the row that names the columns, which stands at a line of the file. A column without a meaning is told as lost.
func readHeader(im *interchange.Import, file string, line int, cells []string) (header, bool) {
	if len(cells) > maxCells {
		im.Fail(file, line, "table.header", "the first row has %d columns; a table has %d at most", len(cells), maxCells)
		return nil, false
	}
	h := make(header)
	for i, cell := range cells {
		name, lang := columnName(cell)
		if name == "" {
			continue
		}
		isText := slices.Contains(textColumns, name) || numbered(name)
		if !isText && !slices.Contains(plainColumns, name) && !isArea(name) || !isText && lang != "" {
			im.Warn(file, line, "table.column", "the column %q has no meaning here and is left out", cell)
			continue
		}
		if h[name] == nil {
			h[name] = make(map[string]int)
		}
		if _, twice := h[name][lang]; twice {
			im.Fail(file, line, "table.column", "the column %q is there twice", cell)
			return nil, false
		}
		h[name][lang] = i
	}
	if h[colStem] == nil {
		im.Fail(file, line, "table.header", "the first row has no column %q; it names the columns, see proba bank export --template", colStem)
		return nil, false
	}
	return h, true
}

// columnName is the name of a column, and the language behind its colon.
func columnName(cell string) (name, lang string) {
	name, lang, _ = strings.Cut(strings.ToLower(strings.TrimSpace(cell)), ":")
	return strings.Join(strings.Fields(strings.ReplaceAll(name, "_", " ")), " "), strings.TrimSpace(lang)
}

// namedColumns says which cells of a header have a name.
func namedColumns(cells []string) []bool {
	named := make([]bool, len(cells))
	for i, cell := range cells {
		name, _ := columnName(cell)
		named[i] = name != ""
	}
	return named
}

// texts are the columns that hold texts, but for those that describe images.
func (h header) texts() map[int]bool {
	columns := make(map[int]bool)
	for name, langs := range h {
		if name != colAlt && (slices.Contains(textColumns, name) || numbered(name)) {
			for _, at := range langs {
				columns[at] = true
			}
		}
	}
	return columns
}

func numbered(name string) bool {
	for n := 1; n <= maxOptions; n++ {
		if name == nth(colOption, n) || name == nth(colMatch, n) {
			return true
		}
	}
	return false
}

func isArea(name string) bool {
	for n := 1; n <= maxOptions; n++ {
		if name == nth(colArea, n) {
			return true
		}
	}
	return false
}

func nth(column string, n int) string { return fmt.Sprintf("%s %d", column, n) }
