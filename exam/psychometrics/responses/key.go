package responses

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/proba-exam/proba/internal/csvfile"
	"github.com/proba-exam/proba/internal/fault"
)

// ReadKey reads the right option of each item from the columns "item" and "key"
// of a CSV file; other columns are ignored. The fault "key.invalid" names every
// faulty line.
func ReadKey(r io.Reader) (map[string]string, error) {
	key, at, err := readPairs(r, "key")
	if err != nil {
		return nil, fault.New(fault.Invalid, "key.invalid", "The key cannot be read: %v.", err).At(at...)
	}
	return key, nil
}

// ReadCells reads the part of the blueprint that each item belongs to from the
// columns "item" and "cell" of a CSV file, which may be the key's. The fault
// "cell.invalid" names every faulty line.
func ReadCells(r io.Reader) (map[string]string, error) {
	cells, at, err := readPairs(r, "cell")
	if err != nil {
		return nil, fault.New(fault.Invalid, "cell.invalid", "The cells cannot be read: %v.", err).At(at...)
	}
	return cells, nil
}

// readPairs reads the column called what of each item; at are the faulty lines.
func readPairs(r io.Reader, what string) (pairs map[string]string, at []fault.Field, err error) {
	reader := csvfile.NewReader(r)
	header, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil, fmt.Errorf("the file is empty; line 1 names the columns item and %s", what)
	}
	if err != nil {
		return nil, nil, err
	}
	for n, name := range header {
		header[n] = strings.TrimSpace(name)
	}
	item, value := slices.Index(header, "item"), slices.Index(header, what)
	if item < 0 || value < 0 {
		return nil, nil, fmt.Errorf("line 1 must name the columns item and %s", what)
	}
	pairs = make(map[string]string)
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		place := fmt.Sprintf("line %d", reader.Line())
		id, text := strings.Clone(strings.TrimSpace(record[item])), strings.Clone(strings.TrimSpace(record[value]))
		switch _, twice := pairs[id]; {
		case id == "" || text == "":
			at = append(at, fault.Field{Path: place, Message: fmt.Sprintf("needs an item and a %s", what)})
		case twice:
			at = append(at, fault.Field{Path: place, Message: fmt.Sprintf("item %q has a %s already", id, what)})
		}
		pairs[id] = text
	}
	switch {
	case len(at) > 0:
		return nil, at, fmt.Errorf("%d of its lines are faulty", len(at))
	case len(pairs) == 0:
		return nil, nil, errors.New("it names no item")
	}
	return pairs, nil, nil
}
