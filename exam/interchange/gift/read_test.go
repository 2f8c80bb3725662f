package gift_test

import (
	"flag"
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/banktest"
	"github.com/proba-exam/proba/exam/interchange/gift"
)

func TestRead(t *testing.T) {
	banktest.RunAs(t, banktest.Detailed, []banktest.Case{
		banktest.Given("single choice with feedback", "::Q1:: Who?{=Ada#right ~Bob#no, he ~Eve####She did.}",
			[]string{"single | Who? | +Ada | -Bob | -Eve | because She did.\n\nAda — right\n\nBob — no, he"}, nil),
		banktest.Given("missing word", "The sun rises in the {~west =east} each day.", []string{"single | The sun rises in the _____ each day. | -west | +east"}, nil),
		banktest.Given("answers before the full stop", "Two plus two is {=four ~five}.", []string{"single | Two plus two is _____. | +four | -five"}, nil),
		banktest.Given("several right, as a penalty that is exactly ours", "Which?{~%50%a ~%50%b ~%-50%c}", []string{"multiple | Which? | +a | +b | -c"}, nil),
		banktest.Given("several right, other weights", "Which?{~%50%a ~%50%b ~c}", []string{"multiple | Which? | +a | +b | -c"}, []string{"scoring.weights"}),
		banktest.Given("partial credit in a single choice", "Which?{=a ~%50%b ~c}", []string{"single | Which? | +a | -b | -c"}, []string{"scoring.partial"}),
		banktest.Given("two full answers in a single choice", "Which?{=a =b ~c}", nil, []string{"key.several"}),
		banktest.Given("no right answer", "Which?{~a ~b}", nil, []string{"key.missing"}),
		banktest.Given("true and false", "Sky is blue.{T}\n\nIt is green.{FALSE#No.#Yes.}", []string{"true_false | Sky is blue. | true", "true_false | It is green. | false | because No.\n\nYes."}, nil),
		banktest.Given("short answer", "Who?{=Grant =%100%U.S. Grant =%50%Sherman}", []string{"short_text | Who? | +Grant | +U.S. Grant"}, []string{"scoring.partial"}),
		banktest.Given("short answer without a sign", "Who?{Grant}", []string{"short_text | Who? | +Grant"}, []string{"gift.no_sign"}),
		banktest.Given("wildcard", "Who?{=Gr* =Grant =5\\\\*3}", []string{"short_text | Who? | +Grant | +5*3"}, []string{"answer.wildcard"}),
		banktest.Given("only wildcards", "Who?{=*}", nil, []string{"answer.wildcard", "key.missing"}),
		banktest.Given("number with tolerance", "When?{#1822:5}", []string{"numeric | When? | 1822 ± 5"}, nil),
		banktest.Given("number as a range", "Pi?{#3.141..3.142}", []string{"numeric | Pi? | 3.1415 ± 0.0005"}, nil),
		banktest.Given("number with weights", "When?{#=1822:0#yes =%50%1822:2 ~#no}", []string{"numeric | When? | 1822 ± | because no\n\nyes"}, []string{"scoring.partial"}),
		banktest.Given("no number", "When?{#soon}", nil, []string{"gift.number"}),
		banktest.Given("matching with a distractor", "Capital?{=Canada -> Ottawa =Italy->Rome = -> Oslo}", []string{"matching | Capital? | Canada = Ottawa | Italy = Rome | -Oslo"}, nil),
		banktest.Given("matching with a shared choice", "Capital?{=a -> x =b -> x =c -> y}", nil, []string{"matching.shared"}),
		banktest.Given("ordering", "Steps?{>3 ALL VERTICAL\nfirst\nsecond\nthird\n}", []string{"ordering | Steps? | first | second | third"}, nil),
		banktest.Given("essay", "Write.{}", []string{"extended_text | Write. | 8000 characters, 0 to 0 words, tolerance 0 | The answer as a whole / 0 Does not answer the question. / 1 Answers it in part. / 2 Answers it in full."}, []string{"essay.rubric"}),
		banktest.Given("essay with feedback and limits", "// [tag:max_characters:900] [tag:max_words:100]\nWrite.{\n####So.}",
			[]string{"extended_text | Write. | 900 characters, 0 to 100 words, tolerance 0 | The answer as a whole / 0 Does not answer the question. / 1 Answers it in part. / 2 Answers it in full. | because So."}, []string{"essay.rubric"}),
		banktest.Given("a gap", "// [tag:kind:cloze]\nRead.\n\nIt is", nil, []string{"gift.description", "gift.description", "file.no_questions"}),
		banktest.Given("a gap of words", "// [tag:kind:cloze]\nThe capital is {=Kyiv =Київ}.", []string{"cloze | Fill in the gaps. | The capital is [[1]]. | +Kyiv / +Київ"}, nil),
		banktest.Given("a gap with a number at the end", "// [tag:kind:cloze]\nIt has {#5:1}", []string{"cloze | Fill in the gaps. | It has [[1]] | 5 ± 1"}, nil),
		banktest.Given("a gap that is no gap", "// [tag:kind:cloze]\nIt is {T}", nil, []string{"kind.cloze"}),
		banktest.Given("description", "Read this.\n\nWho?{=a ~b}", []string{"single | Who? | +a | -b"}, []string{"gift.description"}),
		banktest.Given("escapes", `Solve \{x\}\: 2\=1\+1 \~ \# \\ a\nb{=yes \= ok ~no \~}`, []string{"single | Solve {x}: 2=1\\+1 ~ # \\ a\nb | +yes = ok | -no ~"}, nil),
		banktest.Given("comments", "// a remark\nWho?{\n// another\n=a ~b}", []string{"single | Who? | +a | -b"}, nil),
		banktest.Given("HTML", "[html]<p>Which <b>one</b>?</p><ul><li>x<li>y</ul>{=<i>a</i> &amp; b ~c}", []string{"single | Which **one**?\n\n• x\n• y | +*a* & b | -c"}, nil),
		banktest.Given("Markdown", "[markdown]Which _one_?{=**a** ~b}", []string{"single | Which *one*? | +**a** | -b"}, nil),
		banktest.Given("plain", "[plain]a <b> c{=x<y ~z}", []string{"single | a <b> c | +x<y | -z"}, nil),
		banktest.Given("comparison in Moodle's own format", "Is a<b or 3 < 4?{=a<b ~z}", []string{"single | Is a<b or 3 < 4? | +a<b | -z"}, nil),
		banktest.Given("image", `Look <img src="x.png" alt="a map">{=a ~b}`, nil, []string{"media.image"}),
		banktest.Given("script", `<script>alert(1)</script>Who?{=a<b onclick=x>b</b> ~c}`, nil, []string{"text.script", "key.several"}),
		banktest.Given("two languages", `<span lang\="en" class\="multilang">Who?</span><span lang\="uk" class\="multilang">Хто?</span>{=1 ~2}`, []string{"single | Who? | +1 | -2"}, nil),
		banktest.Given("an open brace", "Who?{=a ~b\n\nWhat?{=c ~d}", []string{"single | What? | +c | -d"}, []string{"gift.braces"}),
		banktest.Given("two answers", "A {=a ~b} and {=c ~d}", nil, []string{"gift.braces"}),
		banktest.Given("a hundred answers", "Who?{=a"+strings.Repeat(" ~b", 99)+"}", nil, []string{"answers.too_many"}),
		banktest.Given("a hundred thousand answers", "Who?{=a"+strings.Repeat("~b", 100_000)+"}", nil, []string{"answers.too_many"}),
		banktest.Given("the same name twice", "::Question::A?{=a ~b}\n\n::Question::B?{=a ~b}", []string{"single | A? | +a | -b", "single | B? | +a | -b"}, []string{"item.renamed"}),
		banktest.Given("unknown tag", "// [tag:hard]\nWho?{=a ~b}", []string{"single | Who? | +a | -b"}, []string{"tags.unknown"}),
	}, func(im *interchange.Import, source string) { gift.Read(im, "bank.gift", []byte(source)) })
}

func TestMetadata(t *testing.T) {
	source := "$CATEGORY: $course$/top/Докази та свідки\n// [id:item-7] [tag:role:judge] [tag:level:analyse] [tag:difficulty:expert] [tag:source:ст. 149 \\]x]\n::Name::Who?{=a ~b}\n"
	bank, report := banktest.Read(t, func(im *interchange.Import) { gift.Read(im, "bank.gift", []byte(source)) })
	if bank == nil {
		t.Fatal(report.Problems)
	}
	it := bank.Revision(0).Item
	if it.ID != "item-7" || it.Topic != "dokazy-ta-svidky" || it.Roles[0] != "judge" || it.Level != "analyse" || it.Difficulty != "expert" || it.References[0].Source != "ст. 149 ]x" {
		t.Errorf("read %+v", it)
	}
	if len(report.Problems) != 0 {
		t.Errorf("problems %+v", report.Problems)
	}
}

var update = flag.Bool("update", false, "write the golden file anew")

func TestSample(t *testing.T) { banktest.Golden(t, "testdata/sample.gift", format, *update) }
