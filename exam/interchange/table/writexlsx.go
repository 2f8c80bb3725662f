package table

import (
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/proba-exam/proba/exam/interchange"
)

// WriteXLSX writes the bank as WriteCSV does, into the first sheet of a workbook. Its
// cells are texts, which no spreadsheet runs. Rows go out as they are made: a bank's
// table is not held whole.
func WriteXLSX(w io.Writer, x *interchange.Export) error {
	return write(w, x, ".xlsx", writeSheet)
}

func writeSheet(w io.Writer, t *writer) (err error) {
	book := excelize.NewFile()
	defer func() {
		if closed := book.Close(); err == nil {
			err = closed
		}
	}()
	sheet, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		return fmt.Errorf("sheet: %w", err)
	}
	// The header stays in sight.
	if err := sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return fmt.Errorf("sheet: %w", err)
	}
	number := 0
	if err := t.rows(func(cells []string) error {
		number++
		values := make([]any, len(cells))
		for i, cell := range cells {
			if len(cell) > excelize.TotalCellChars && len(utf16.Encode([]rune(cell))) > excelize.TotalCellChars {
				t.x.Lose(cells[0], "xlsx.long", "%q is longer than a cell can be and is cut off", t.columns[i])
			}
			if cell != "" {
				values[i] = cell
			}
		}
		return sheet.SetRow("A"+strconv.Itoa(number), values)
	}); err != nil {
		return fmt.Errorf("row %d: %w", number, err)
	}
	if err := sheet.Flush(); err != nil {
		return fmt.Errorf("sheet: %w", err)
	}
	_, err = book.WriteTo(w)
	return err
}
