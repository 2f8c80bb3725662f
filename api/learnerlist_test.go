package api

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/proba-exam/proba/auth"
)

var listDefaults = learnerRow{Language: "uk", Region: "Львівська"}

func TestALearnerListIsReadAsSpreadsheetsSaveIt(t *testing.T) {
	want := []learnerRow{
		{Email: "o@proba.test", Name: "Олена Їжак", Language: "uk", Region: "Київ", ExtraTime: 25},
		{Email: "m@proba.test", Name: `Марко "М" О’Ґрін`, Language: "en", Region: "Львівська"},
	}
	const ukrainian = "Пошта;ПІБ;Область;Мова;Додатковий час\r\no@proba.test;Олена Їжак;Київ;;25 %\r\n;;;;\r\nm@proba.test;\"Марко \"\"М\"\" О’Ґрін\";;en;\r\n"
	encode := func(data []byte, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for name, row := range map[string]struct{ text, encoding string }{
		"UTF-8":             {ukrainian, "utf-8"},
		"UTF-8 with mark":   {"\ufeff" + ukrainian, "utf-8"},
		"UTF-16":            {encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(ukrainian))), "utf-16"},
		"windows-1251":      {encode(charmap.Windows1251.NewEncoder().Bytes([]byte(ukrainian))), "windows-1251"},
		"English, commas":   {"email,name,region,language,extra_time,\no@proba.test,Олена Їжак,Київ,,25,\nm@proba.test,\"Марко \"\"М\"\" О’Ґрін\",,en,\n", "utf-8"},
		"languages by name": {"Пошта;ПІБ;Область;Мова;Додатковий час\no@proba.test;Олена Їжак;Київ;Українська;25\nm@proba.test;\"Марко \"\"М\"\" О’Ґрін\";;english;\n", "utf-8"},
		"tabs, other order": {"Name\tE-mail\tLanguage\tRegion\tExtra time\nОлена Їжак\to@proba.test\t\tКиїв\t25\n\"Марко \"\"М\"\" О’Ґрін\"\tm@proba.test\ten", "utf-8"},
	} {
		list, faults := readLearnerList([]byte(row.text), listDefaults)
		if len(faults) > 0 || list.Encoding != row.encoding {
			t.Errorf("%s: read as %s with %v", name, list.Encoding, faults)
		}
		if diff := cmp.Diff(want, list.Rows); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestEveryFaultOfAListHasItsLineAndColumn(t *testing.T) {
	long := "email,name\n" + strings.Repeat("a@proba.test,A\n", auth.MaxRegistrations+1)
	for name, row := range map[string]struct {
		text string
		want []string
	}{
		"nothing":                {"", []string{"1  list.empty"}},
		"nothing but space":      {" \r\n\n", []string{"1  list.empty"}},
		"nobody":                 {"email,name\n", []string{"2  list.empty"}},
		"no name, odd column":    {"email,shoe size\na@b.test,44\n", []string{"1 shoe size list.column", "1 name list.column_missing"}},
		"a column twice":         {"email,name,e-mail\n", []string{"1 email list.column_twice"}},
		"bad extra time":         {"email,name,extra_time\na@b.test,A,half\nb@b.test,B,301\nc@b.test,C,-1\nd@b.test,D,300\n", []string{"2 extra_time list.extra_time", "3 extra_time list.extra_time", "4 extra_time list.extra_time"}},
		"a cell too many":        {"email,name\na@b.test,A,b,c\n", []string{"2  list.too_many_cells"}},
		"after a multi-line one": {"email,name,extra_time\na@b.test,\"A\nB\",1\nc@b.test,C,x\n", []string{"4 extra_time list.extra_time"}},
		"an open quotation":      {"email,name\na@b.test,\"A\nb@b.test,B\n", []string{"3  list.csv"}},
		"binary":                 {"PK\x03\x04\x00\x00", []string{"1  list.encoding"}},
		"too long":               {long, []string{fmt.Sprintf("%d  list.too_long", auth.MaxRegistrations+2)}},
	} {
		_, faults := readLearnerList([]byte(row.text), listDefaults)
		var got []string
		for _, f := range faults {
			got = append(got, fmt.Sprintf("%d %s %s", f.Line, f.Column, f.Code))
			if f.Message == "" {
				t.Errorf("%s: a fault says nothing", name)
			}
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// FuzzLearnerList holds that reading never fails otherwise than by faults, and that
// what was read without fault is read the same after writing.
func FuzzLearnerList(f *testing.F) {
	f.Add([]byte("email,name\na@b.test,A\n"))
	f.Add([]byte("Пошта;ПІБ;Мова\n\"a\"\"b\";\"C\nD\";uk\n"))
	f.Add([]byte("\xff\xfee\x00"))
	f.Add([]byte("email\tname\textra_time\nx\t=1+1\t5%\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, faults := readLearnerList(data, learnerRow{})
		if len(list.Rows) != len(list.Lines) {
			t.Fatalf("%d rows with %d lines", len(list.Rows), len(list.Lines))
		}
		for _, fault := range faults {
			if fault.Line < 1 || fault.Line > 1+bytes.Count(data, []byte("\n"))+bytes.Count(data, []byte("\r"))+1 {
				t.Errorf("fault in line %d", fault.Line)
			}
		}
		if len(faults) > 0 {
			return
		}
		text, err := writeLearnerList(list.Rows)
		if err != nil {
			t.Fatal(err)
		}
		again, faults := readLearnerList([]byte(text), learnerRow{})
		if len(faults) > 0 {
			t.Fatalf("written and read again: %v", faults)
		}
		if diff := cmp.Diff(list.Rows, again.Rows); diff != "" {
			t.Errorf("written and read again (-first +again):\n%s", diff)
		}
	})
}
