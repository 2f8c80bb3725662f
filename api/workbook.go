package api

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// bookWriter writes one sheet of a workbook. Cells are texts, which no spreadsheet runs
// as a formula, but for the columns of numbers.
type bookWriter struct {
	to   *bytes.Buffer
	file *excelize.File
	out  *excelize.StreamWriter
	rows int
	// numbers are the columns that hold numbers, from the header.
	numbers []int
	err     error
}

// numberColumns are the headers of what can be summed up.
var numberColumns = []string{"number", "score", "max", "percent"}

func newBookWriter(b *bytes.Buffer) *bookWriter {
	w := &bookWriter{to: b, file: excelize.NewFile()}
	w.out, w.err = w.file.NewStreamWriter("Sheet1")
	return w
}

func (w *bookWriter) row(cells ...string) {
	if w.err != nil {
		return
	}
	w.rows++
	values := make([]any, len(cells))
	for i, cell := range cells {
		values[i] = cell
		if w.rows == 1 && slices.Contains(numberColumns, cell) {
			w.numbers = append(w.numbers, i)
		}
		if n, err := strconv.ParseFloat(cell, 64); err == nil && slices.Contains(w.numbers, i) {
			values[i] = n
		}
	}
	w.err = w.out.SetRow("A"+strconv.Itoa(w.rows), values)
}

func (w *bookWriter) flush() error {
	if w.err == nil {
		w.err = w.out.Flush()
	}
	if w.err == nil {
		_, w.err = w.file.WriteTo(w.to)
	}
	if err := w.file.Close(); w.err == nil {
		w.err = err
	}
	return w.err
}
