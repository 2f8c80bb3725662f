package formats_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/formats"
)

// large makes a bank of single choices as long as those of real banks.
func large(b *testing.B, items int) *exam.Bank {
	b.Helper()
	all := make([]exam.Item, items)
	for i := range all {
		options := make([]exam.Option, 4)
		for j := range options {
			options[j] = exam.Option{Text: exam.Text{"uk": fmt.Sprintf("Варіант %d: слідчий суддя розглядає клопотання протягом %d годин.", j, 24*(j+1))}, Key: j == i%4}
		}
		all[i] = exam.Item{
			ID: fmt.Sprintf("item-%05d", i), Kind: exam.Single, Roles: []string{"judge"}, Topic: "evidence", Level: "apply", Difficulty: exam.Applied,
			Stem:        exam.Text{"uk": fmt.Sprintf("Справа %d. Протягом якого строку слідчий суддя розглядає **клопотання** про тимчасовий доступ до речей і документів?", i)},
			Rationale:   exam.Text{"uk": "Строк названо в статті кодексу, на яку посилається питання."},
			Interaction: &exam.SingleChoice{Options: options},
		}
	}
	bank, err := exam.NewBank("large-bank", exam.Text{"uk": "Великий банк"}, []string{"uk"}, nil, all)
	if err != nil {
		b.Fatal(err)
	}
	return bank
}

// workbook writes the table as XLSX, which Proba reads and does not write.
func workbook(b *testing.B, w io.Writer, x *interchange.Export) {
	b.Helper()
	var table bytes.Buffer
	if err := formats.Write(&table, formats.CSV, x); err != nil {
		b.Fatal(err)
	}
	records, err := csv.NewReader(&table).ReadAll()
	if err != nil {
		b.Fatal(err)
	}
	f := excelize.NewFile()
	sheet, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	for i, record := range records {
		cells := make([]any, len(record))
		for j, cell := range record {
			cells[j] = cell
		}
		if err := sheet.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
			b.Fatal(err)
		}
	}
	if err := sheet.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Write(w); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkCheck20000 reads and checks 20,000 single choices in one file. The limit
// for each format is 10 s an operation; docs/performance.md has the memory of the
// process beside its limit of 300 MB.
func BenchmarkCheck20000(b *testing.B) {
	bank := large(b, 20_000)
	for _, format := range []string{formats.GIFT, formats.Moodle, formats.CSV, formats.XLSX, formats.QTI22, formats.QTI30} {
		b.Run(format, func(b *testing.B) {
			x, err := interchange.NewExport(bank, nil)
			if err != nil {
				b.Fatal(err)
			}
			var file bytes.Buffer
			if format == formats.XLSX {
				workbook(b, &file, x)
			} else if err := formats.Write(&file, format, x); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(file.Len()))
			b.ReportAllocs()
			for b.Loop() {
				im := new(interchange.Import)
				if err := formats.Read(im, formats.Detect("bank", file.Bytes()), "bank", file.Bytes(), ""); err != nil {
					b.Fatal(err)
				}
				if _, report := im.Finish(interchange.Options{Bank: "large-bank", Lang: "uk"}); report.Imported != 20_000 {
					b.Fatalf("%+v", report.Problems[0])
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/bank")
		})
	}
}
