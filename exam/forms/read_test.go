package forms_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam/forms"
	"github.com/proba-exam/proba/internal/fault"
)

const twoCells = "cut_theta: 0.5\ncells:\n  - {cell: law, count: 2}\n  - {cell: evidence, count: 3}\n"

func blueprint(t testing.TB, text string) forms.Blueprint {
	t.Helper()
	b, err := forms.ReadBlueprint(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReadPool(t *testing.T) {
	const items = "id,cell,a,b,c,enemies,testlet\n" +
		"i1,law,1,0,,i2,\ni2,law,1,.5,,,\ni3,law,.8,-1,.2,,\ni4,law,1,1,,,\n" +
		"e1,evidence,1,0,,,case\ne2,evidence,1,0,,,case\ne3,evidence,1,0,,,\ne4,evidence,1,0,,,\ne5,evidence,1,0,,,\ne6,evidence,1,1,,,\n" +
		"x1,elsewhere,1,0,,,\n"
	p, err := forms.ReadPool(strings.NewReader(items), blueprint(t, twoCells))
	if err != nil {
		t.Fatal(err)
	}
	if p.Length() != 5 || p.Units() != 9 { // the testlet is one unit, and elsewhere is out
		t.Errorf("length %d, %d units", p.Length(), p.Units())
	}
	testlets := 0
	for n := range 600 {
		f, ok := p.NewDrawer().Draw(rand.New(rand.NewPCG(uint64(n), 1)), forms.Request{})
		if !ok {
			t.Fatal("no form")
		}
		if len(f.Units) == 4 {
			testlets++
		}
	}
	if testlets < 240 || testlets > 360 { // 3 of 6 items a form: every other form has the testlet
		t.Errorf("the testlet is in %d of 600 forms", testlets)
	}
}

func TestReadSaysWhere(t *testing.T) {
	for name, c := range map[string]struct{ blueprint, items, code, place string }{
		"no yaml":         {"cells: [", "", "blueprint.invalid", ""},
		"unknown member":  {"cut_theta: 0\nforms: 3\ncells: []\n", "", "blueprint.invalid", "forms"},
		"no cut":          {"cells: [{cell: a, count: 1}]\n", "", "blueprint.invalid", "/cut_theta"},
		"cell twice":      {"cut_theta: 0\ncells: [{cell: a, count: 1}, {cell: a, count: 1}]\n", "", "blueprint.invalid", "/cells/1/cell"},
		"count":           {"cut_theta: 0\ncells: [{cell: a, count: 0}]\n", "", "blueprint.invalid", "/cells/0/count"},
		"no column":       {twoCells, "id,cell,a\n", "items.invalid", "column b"},
		"ragged":          {twoCells, "id,cell,a,b\ni1,law,1\n", "items.invalid", "line 2"},
		"no number":       {twoCells, "id,cell,a,b\ni1,law,steep,0\n", "items.invalid", "line 2, column a"},
		"NaN":             {twoCells, "id,cell,a,b\ni1,law,1,NaN\n", "items.invalid", "line 2, column b"},
		"id twice":        {twoCells, "id,cell,a,b\ni1,law,1,0\ni1,law,1,0\n", "items.invalid", "line 3, column id"},
		"unknown enemy":   {twoCells, "id,cell,a,b,enemies\ni1,law,1,0,i9\n", "items.invalid", "line 2, column enemies"},
		"too few":         {twoCells, "id,cell,a,b\ni1,law,1,0\n", "items.too_few", "cell law: the blueprint asks for 2 items, the file has 1"},
		"too few in two":  {twoCells, "id,cell,a,b\ni1,law,1,0\n", "items.too_few", "cell evidence: the blueprint asks for 3 items, the file has 0"},
		"empty blueprint": {"", "", "blueprint.invalid", "is empty"},
		"semicolons":      {twoCells, "id;cell;a;b\ni1;law;1,2;0\n", "items.too_few", "the file has 1"},
		"testlet in two":  {twoCells, "id,cell,a,b,testlet\ni1,law,1,0,t\ni2,evidence,1,0,t\n", "items.invalid", "line 3, column testlet"},
		"empty":           {twoCells, "", "items.invalid", ""},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := forms.ReadBlueprint(strings.NewReader(c.blueprint))
			if err == nil {
				_, err = forms.ReadPool(strings.NewReader(c.items), b)
			}
			if fault.Code(err) != c.code || !strings.Contains(err.Error(), c.place) {
				t.Errorf("%v, want %s at %q", err, c.code, c.place)
			}
		})
	}
}

// FuzzReadPool: any items and any blueprint give a pool whose forms keep the
// blueprint, or a fault.
func FuzzReadPool(f *testing.F) {
	f.Add("id,cell,a,b\ni1,law,1,0\ni2,law,1,0\n", "cut_theta: 0\ncells: [{cell: law, count: 1}]\n")
	f.Add("id,cell,a,b,testlet\ni1,law,1,0,t\n", twoCells)
	f.Fuzz(func(t *testing.T, items, text string) {
		b, err := forms.ReadBlueprint(strings.NewReader(text))
		if err != nil {
			return
		}
		p, err := forms.ReadPool(strings.NewReader(items), b)
		if err != nil {
			return
		}
		p.NewDrawer().Draw(rand.New(rand.NewPCG(1, 1)), forms.Request{})
	})
}

// TestDocumentedBlueprint: the example of docs/assessment.md is one that can be read.
func TestDocumentedBlueprint(t *testing.T) {
	page, err := os.ReadFile("../../docs/assessment.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(page), "```yaml\n")
	text, _, closed := strings.Cut(after, "```")
	if !found || !closed {
		t.Fatal("docs/assessment.md shows no blueprint")
	}
	if b := blueprint(t, text); len(b.Cells) != 2 || b.Cells[0].Cell != "law" || *b.CutTheta != .5 {
		t.Errorf("%+v", b)
	}
}
