package responses_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proba-exam/proba/exam/psychometrics/responses"
	"github.com/proba-exam/proba/internal/fault"
)

func read(t testing.TB, text string, o responses.Options) (*responses.Matrix, []responses.Problem, error) {
	t.Helper()
	return responses.ReadCSV(strings.NewReader(text), o)
}

func TestWhatCellsMean(t *testing.T) {
	m, problems, err := read(t, "\ufeffperson,lang,q1,q2,extra\nann,uk,b,a,x\nbob,en,c,NA,x\ncid,en,,-,x\n", responses.Options{Key: map[string]string{"q1": "b", "q2": "a"}, Group: "lang"})
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) != 1 || problems[0].Code != "no_key" || problems[0].Column != "extra" || problems[0].Severity != "warning" {
		t.Errorf("problems %v", problems)
	}
	want := []responses.Cell{
		{Person: 0, Item: 0, Mark: 1, Option: 0}, {Person: 0, Item: 1, Mark: 1, Option: 0},
		{Person: 1, Item: 0, Option: 1}, {Person: 1, Item: 1, Option: responses.NoOption, State: responses.Omitted},
		{Person: 2, Item: 1, Option: responses.NoOption, State: responses.Omitted},
	}
	if diff := cmp.Diff(want, m.Cells()); diff != "" {
		t.Error(diff)
	}
	if m.Complete() || m.Count() != 3 || !cmp.Equal(m.Groups(), []string{"en", "uk"}) {
		t.Errorf("complete %v, %d people, groups %v", m.Complete(), m.Count(), m.Groups())
	}
	if diff := cmp.Diff([]string{"b", "c"}, m.Items()[0].Options); diff != "" || m.Items()[0].Key != 0 {
		t.Errorf("options %v, key %d", m.Items()[0].Options, m.Items()[0].Key)
	}
}

func TestMarksAndRepeats(t *testing.T) {
	m, _, err := read(t, "a,b,freq\n1,2.5,3\n0,0,0\n0,1,2\n", responses.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if m.Count() != 5 || len(m.People()) != 2 || m.Items()[0].Max != 1 || m.Items()[1].Max != 2.5 || m.Binary(1) || !m.Binary(0) {
		t.Errorf("%d people in %d rows, items %+v", m.Count(), len(m.People()), m.Items())
	}
}

// TestBadFiles wants the place and the code of what is wrong, and no table.
func TestBadFiles(t *testing.T) {
	key := responses.Options{Key: map[string]string{"a": "x"}}
	for name, c := range map[string]struct {
		text    string
		options responses.Options
		line    int
		column  string
		code    string
	}{
		"empty":               {"", responses.Options{}, 1, "", "empty"},
		"header only":         {"a,b\n", responses.Options{}, 1, "", "no_people"},
		"ragged, too short":   {"a,b\n1,1\n1\n", responses.Options{}, 3, "", "ragged"},
		"ragged, too long":    {"a,b\n1,1,1\n", responses.Options{}, 2, "", "ragged"},
		"no number":           {"a,b\n1,1\n1,B\n", responses.Options{}, 3, "b", "mark"},
		"negative":            {"a\n-1\n", responses.Options{}, 2, "a", "mark"},
		"not a number":        {"a\nNaN\n", responses.Options{}, 2, "a", "mark"},
		"infinite":            {"a\n+Inf\n", responses.Options{}, 2, "a", "mark"},
		"column twice":        {"a,a\n1,1\n", responses.Options{}, 1, "a", "column_twice"},
		"column without name": {"a,\n1,1\n", responses.Options{}, 1, "", "column_unnamed"},
		"no item":             {"person\nann\n", responses.Options{}, 1, "", "no_items"},
		"person twice":        {"person,a\nann,1\nann,0\n", responses.Options{}, 3, "person", "person_twice"},
		"person unnamed":      {"person,a\n,1\n", responses.Options{}, 2, "person", "person_unnamed"},
		"freq":                {"freq,a\nmany,1\n", responses.Options{}, 2, "freq", "freq"},
		"no group":            {"a\n1\n", responses.Options{Group: "lang"}, 1, "lang", "no_group"},
		"broken quotes":       {"a,b\n\"1,1\n", responses.Options{}, 2, "", "syntax"},
		"no column in key":    {"b\nx\n", key, 1, "", "no_items"},
		"too many options":    {"a\n" + manyOptions(), key, 65, "a", "options"},
	} {
		t.Run(name, func(t *testing.T) {
			m, problems, err := read(t, c.text, c.options)
			if m != nil || fault.Code(err) != "responses.invalid" {
				t.Fatalf("table %v, error %v", m != nil, err)
			}
			for _, p := range problems {
				if p.Line == c.line && p.Column == c.column && p.Code == c.code && p.Severity == "error" && p.Message != "" {
					return
				}
			}
			t.Errorf("problems %+v, want %s at line %d, column %q", problems, c.code, c.line, c.column)
		})
	}
}

// TestManyWarnings: however many columns and key lines do not meet, everybody is read; the
// warnings are told up to a hundred and then counted.
func TestManyWarnings(t *testing.T) {
	for _, c := range []struct{ columns, keyed, told, more int }{{0, 99, 99, 0}, {0, 100, 100, 0}, {0, 120, 100, 20}, {130, 0, 100, 30}, {60, 60, 100, 20}} {
		header, row := "a", "x"
		for n := range c.columns {
			header, row = header+fmt.Sprintf(",column%d", n), row+",y"
		}
		key := map[string]string{"a": "x"}
		for n := range c.keyed {
			key[fmt.Sprintf("key%d", n)] = "x"
		}
		m, problems, err := read(t, header+"\n"+strings.Repeat(row+"\n", 50), responses.Options{Key: key})
		if err != nil || m.Count() != 50 {
			t.Fatalf("%+v: error %v, want 50 people", c, err)
		}
		if c.more > 0 {
			last := problems[len(problems)-1]
			if last.Code != "more_warnings" || last.Severity != "warning" || !strings.Contains(last.Message, fmt.Sprintf(": %d more", c.more)) {
				t.Errorf("%+v: the last warning is %+v", c, last)
			}
			problems = problems[:len(problems)-1]
		}
		if len(problems) != c.told {
			t.Errorf("%+v: %d warnings one by one", c, len(problems))
		}
		for _, rows := range []string{"", row + "\n" + row + ",z\n"} { // nobody; a mistake after the warnings
			if m, _, err := read(t, header+"\n"+rows, responses.Options{Key: key}); m != nil || fault.Code(err) != "responses.invalid" {
				t.Errorf("%+v: the lines %q give a table: %v, error %v", c, rows, m != nil, err)
			}
		}
	}
}

// TestErrorsEndReading: a file of mistakes is not read to its end.
func TestErrorsEndReading(t *testing.T) {
	_, problems, err := read(t, "a\n"+strings.Repeat("wrong\n", 500), responses.Options{})
	if len(problems) != 100 || fault.Code(err) != "responses.invalid" {
		t.Errorf("%d problems, %v", len(problems), err)
	}
}

func manyOptions() string {
	var b strings.Builder
	for n := range 70 {
		b.WriteString("option " + strings.Repeat("i", n+1) + "\n")
	}
	return b.String()
}

func TestKey(t *testing.T) {
	got, err := responses.ReadKey(strings.NewReader("item,note,key\nq1,x,b\nq2,y,4\n"))
	if diff := cmp.Diff(map[string]string{"q1": "b", "q2": "4"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, text := range []string{"", "item\nq1\n", "item,key\n", "item,key\nq1,\n", "item,key\nq1,a\nq1,b\n", "item,key\nq1\n"} {
		if _, err := responses.ReadKey(strings.NewReader(text)); fault.Code(err) != "key.invalid" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzReadCSV: any file gives a table or a reason, and a table keeps its promises.
func FuzzReadCSV(f *testing.F) {
	for _, seed := range []string{"a,b\n1,0\n", "person,freq,a\nx,3,1\n", "a,b\n1\n", "\"", "a\n-\nNA\n", "freq\n1\n"} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, text string, keyed bool) {
		o := responses.Options{Group: "g"}
		if keyed {
			o.Key = map[string]string{"a": "1", "b": "x"}
		}
		if !strings.Contains(text, "g") {
			o.Group = ""
		}
		m, problems, err := responses.ReadCSV(strings.NewReader(text), o)
		if (m == nil) != (err != nil) {
			t.Fatalf("table %v with error %v", m != nil, err)
		}
		if m == nil {
			if len(problems) == 0 {
				t.Fatalf("%v without a problem", err)
			}
			return
		}
		n := 0
		for p := range m.People() {
			for _, c := range m.Of(p) {
				n++
				it := m.Items()[c.Item]
				if c.Mark < 0 || c.Mark > it.Max || int(c.Option) >= max(1, len(it.Options)) || int(c.Person) != p {
					t.Fatalf("cell %+v of item %+v", c, it)
				}
			}
		}
		if n != len(m.Cells()) {
			t.Fatalf("%d cells by person, %d in all", n, len(m.Cells()))
		}
	})
}

// FuzzReadKey: any file gives a key or a reason; no item is without an option.
func FuzzReadKey(f *testing.F) {
	for _, seed := range []string{"item,key\nq1,b\n", "key;item\nb;q1\n", "item\nq1\n", "item,key\nq1,\n", "\"", "item,key\nq1\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, err := responses.ReadKey(strings.NewReader(text))
		if (err == nil) != (len(key) > 0) {
			t.Fatalf("key %v with error %v", key, err)
		}
		for item, option := range key {
			if item == "" || option == "" {
				t.Fatalf("%q has the key %q", item, option)
			}
		}
	})
}
