package responses

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/proba-exam/proba/internal/fault"
)

// ReadKey reads the right option of each item from the columns "item" and "key"
// of a CSV file; other columns are ignored. The fault "key.invalid" names every
// faulty line.
func ReadKey(r io.Reader) (map[string]string, error) { return readPairs(r, "key") }

// ReadCells reads the part of the blueprint that each item belongs to from the
// columns "item" and "cell" of a CSV file, which may be the key's. The fault
// "cell.invalid" names every faulty line.
func ReadCells(r io.Reader) (map[string]string, error) { return readPairs(r, "cell") }

// readPairs reads the column called what of each item.
func readPairs(r io.Reader, what string) (map[string]string, error) {
	code := what + ".invalid"
	reader := csv.NewReader(r)
	reader.TrimLeadingSpace = true
	header, err := reader.Read()
	if err != nil {
		return nil, fault.New(fault.Invalid, code, "The %s cannot be read: line 1 must name the columns item and %s.", what, what).Wrap(err)
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	item, value := slices.Index(header, "item"), slices.Index(header, what)
	if item < 0 || value < 0 {
		return nil, fault.New(fault.Invalid, code, "The %s cannot be read: line 1 must name the columns item and %s.", what, what)
	}
	pairs := make(map[string]string)
	var faults []fault.Field
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, code, "The %s cannot be read: %v.", what, err)
		}
		line, _ := reader.FieldPos(0)
		at := fmt.Sprintf("line %d", line)
		id, text := strings.TrimSpace(record[item]), strings.TrimSpace(record[value])
		switch _, twice := pairs[id]; {
		case id == "" || text == "":
			faults = append(faults, fault.Field{Path: at, Message: fmt.Sprintf("needs an item and a %s", what)})
		case twice:
			faults = append(faults, fault.Field{Path: at, Message: fmt.Sprintf("item %q has a %s already", id, what)})
		}
		pairs[id] = text
	}
	if len(faults) > 0 {
		return nil, fault.New(fault.Invalid, code, "The %s has %d faults.", what, len(faults)).At(faults...)
	}
	if len(pairs) == 0 {
		return nil, fault.New(fault.Invalid, code, "The %s names no item.", what)
	}
	return pairs, nil
}
