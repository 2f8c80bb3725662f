package api

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/plot"
)

// examsNamed bounds how many exams a page names by their titles, each of which is read.
const examsNamed = 50

// bankStatisticsPage is the report of a bank over all exams that asked its items.
type bankStatisticsPage struct {
	deskView
	Release exam.Release
	J       statistics.Job
	R       *statistics.BankResult // nil before the first time
	Map     figureView
	sifted[statistics.BankLine]
	// Class narrows to items with this class of differences between roles.
	Class  statistics.Letter
	Titles map[string]string // of exams
	Least  int
	Part   bool
}

// Base is where the report is.
func (p bankStatisticsPage) Base() string {
	return "/workbench/banks/" + p.Release.Hash + "/statistics"
}

// More reports whether there are more exams than are named.
func (p bankStatisticsPage) More() bool { return len(p.R.Exams) > examsNamed }

// Named are the exams that the page lists.
func (p bankStatisticsPage) Named() []statistics.BankExam { return first(p.R.Exams, examsNamed) }

// Roles are the pairs of roles that were compared.
func (p bankStatisticsPage) Roles() []string {
	var all []string
	for _, c := range p.R.Compared {
		if c.By == "role" {
			all = append(all, c.Focal+" / "+c.Reference)
		}
	}
	return all
}

// Classes counts the items of each class of differences between roles.
func (p bankStatisticsPage) Classes() []classCount {
	var all []classCount
	for _, class := range statistics.Letters() {
		all = append(all, classCount{class, 0})
	}
	for _, it := range p.R.Items {
		for n := range all {
			if all[n].Class == it.Role {
				all[n].N++
			}
		}
	}
	return all
}

type classCount struct {
	Class statistics.Letter
	N     int
}

// titles reads what exams are called; one that is not there any more keeps its id.
func (w workbench) titles(ctx context.Context, lang string, exams []string) (map[string]string, error) {
	all := make(map[string]string)
	for _, id := range first(exams, examsNamed) {
		e, err := w.Exams.Exam(ctx, id)
		if fault.Of(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		all[id] = e.Title.In(lang)
	}
	return all, nil
}

func (w workbench) bankStatistics(c *fiber.Ctx) error {
	p, err := w.bankReport(c)
	if err != nil {
		return err
	}
	if p.Part {
		return w.show(c, fiber.StatusOK, "bank_statistics_part", p)
	}
	return w.show(c, fiber.StatusOK, "bank_statistics", p)
}

// bankReport loads what is stored of a bank, and draws it.
func (w workbench) bankReport(c *fiber.Ctx) (p bankStatisticsPage, err error) {
	p = bankStatisticsPage{deskView: w.desk(c, "wBsTitle"), sifted: sifted[statistics.BankLine]{Flag: ctt.Flag(c.Query("flag"))}, Class: statistics.Letter(c.Query("class")), Least: statistics.LeastPeople, Part: c.Query("part") != ""}
	bank, err := w.Exams.Bank(c.UserContext(), c.Params("release"))
	if err != nil {
		return p, err
	}
	p.Release = bank.Release
	if p.J, err = w.Statistics.BankJob(c.UserContext(), p.Release.Hash); err != nil {
		return p, err
	}
	r, err := w.Statistics.BankResult(c.UserContext(), p.Release.Hash)
	if fault.Of(err) == fault.NotFound {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p.R = &r
	if p.Part {
		return p, nil
	}
	var ids []string
	for _, x := range r.Exams {
		ids = append(ids, x.Exam)
	}
	if p.Titles, err = w.titles(c.UserContext(), p.Lang, ids); err != nil {
		return p, err
	}
	if r.Enough {
		p.draw()
	}
	return p, nil
}

// draw fills in what is shown of a result.
func (p *bankStatisticsPage) draw() {
	p.sift(p.R.Items, func(it *statistics.BankLine) *statistics.Line { return &it.Line }, func(it *statistics.BankLine) bool { return p.Class == "" || p.Class == it.Role })
	p.Map = bankFigures(p.deskView, p.Release.Hash+"/statistics").ofBank(p.R)
}

// bankFigures are those of a report at a path below the banks.
func bankFigures(v deskView, path string) figures {
	return figures{deskView: v, base: "/workbench/banks/" + path}
}

// ofBank is the map of the items, with the table of all of them.
func (f figures) ofBank(r *statistics.BankResult) figureView {
	lines := make([]statistics.Line, len(r.Items))
	t := tableView{Header: f.header("wStItem", "wStAnswers", "wBsExams", "wBsExposure", "wStFacility", "wBsLow", "wBsHigh", "wStRest", "wBsLow", "wBsHigh", "wBsRoleClass", "wStFlags")}
	for n, it := range r.Items {
		lines[n] = it.Line
		row := []string{it.Item, strconv.Itoa(it.N), strconv.Itoa(it.Exams), figure(f.Lang, it.Exposure, 3)}
		row = append(row, f.between(it.Line)...)
		t.Rows = append(t.Rows, append(row, string(it.Role), f.flags(it.Flags)))
	}
	v := f.itemMap(&statistics.Result{Items: lines})
	v.tableView = t
	return v
}

// between are facility and discrimination with their intervals, as six cells.
func (f figures) between(it statistics.Line) []string {
	var all []string
	for _, e := range []struct {
		known     bool
		v, lo, hi float64
	}{{it.Facility.Known(), it.Facility.Value, it.Facility.Low, it.Facility.High}, {it.Rest.Known(), it.Rest.Value, it.Rest.Low, it.Rest.High}} {
		switch {
		case !e.known:
			all = append(all, "", "", "")
		case e.lo == e.hi:
			all = append(all, figure(f.Lang, e.v, 3), "", "")
		default:
			all = append(all, figure(f.Lang, e.v, 3), figure(f.Lang, e.lo, 3), figure(f.Lang, e.hi, 3))
		}
	}
	return all
}

func (w workbench) computeBankStatistics(c *fiber.Ctx) error {
	if _, err := w.askBank(c); err != nil {
		return err
	}
	return done(c, "/workbench/banks/"+c.Params("release")+"/statistics", "statisticsAsked")
}

func (w workbench) bankStatisticsCSV(c *fiber.Ctx) error {
	p, err := w.bankReport(c)
	if err != nil {
		return err
	}
	return w.sendTable(c, p.deskView, []figureView{p.Map}, "bank-"+p.Release.Hash[:12])
}

// bankItemPage is the report of one item of a bank.
type bankItemPage struct {
	deskView
	Release exam.Release
	It      statistics.BankItemResult
	Titles  map[string]string
	// Groups are the exams and the comparisons, as tables.
	Asked, Differences figureView
	// Shown is the item, for who may see banks.
	Shown *shownItem
}

func (w workbench) bankItemStatistics(c *fiber.Ctx) error {
	p, err := w.bankItemReport(c)
	if err != nil {
		return err
	}
	return w.show(c, fiber.StatusOK, "bank_statistics_item", p)
}

func (w workbench) bankItemReport(c *fiber.Ctx) (p bankItemPage, err error) {
	p.deskView = w.desk(c, "wBsItemTitle")
	bank, err := w.Exams.Bank(c.UserContext(), c.Params("release"))
	if err != nil {
		return p, err
	}
	p.Release = bank.Release
	if p.It, err = w.Statistics.BankItem(c.UserContext(), p.Release.Hash, c.Params("item")); err != nil {
		return p, err
	}
	var ids []string
	for _, x := range p.It.Asked {
		ids = append(ids, x.Exam)
	}
	if p.Titles, err = w.titles(c.UserContext(), p.Lang, ids); err != nil {
		return p, err
	}
	p.draw()
	p.Shown, err = w.analysed(bank, p.It.Item, p.deskView)
	return p, err
}

func (p *bankItemPage) draw() {
	f := bankFigures(p.deskView, p.Release.Hash+"/statistics/items/"+p.It.Item)
	p.Asked, p.Differences = f.asked(&p.It, p.Titles), f.bankDifferences(&p.It)
}

func (w workbench) bankItemStatisticsCSV(c *fiber.Ctx) error {
	p, err := w.bankItemReport(c)
	if err != nil {
		return err
	}
	return w.sendTable(c, p.deskView, []figureView{p.Asked, p.Differences}, "bank-"+p.Release.Hash[:12]+"-"+p.It.Item)
}

// asked shows how easy the item was in each exam, and in all.
func (f figures) asked(it *statistics.BankItemResult, titles map[string]string) figureView {
	t := tableView{Header: f.header("wBsExam", "wRole", "wStPeople", "wStAnswers", "wBsExposure", "wStFacility", "wBsLow", "wBsHigh", "wStRest", "wBsLow", "wBsHigh", "wBsOwnFlags")}
	title, said := f.T["wBsAsked"], f.T["wBsAskedSaid"]
	c := f.chart("asked", title, said, plot.Shares(f.T["wStFacility"]), plot.Axis{Label: f.T["wStRest"], Low: -.4, High: .8, Ticks: []float64{-.4, -.2, 0, .2, .4, .6, .8}})
	for _, x := range it.Asked {
		line := statistics.Line{N: x.N, Facility: x.Facility, Rest: x.Rest}
		name := x.Exam
		if s := titles[x.Exam]; s != "" {
			name = s
		}
		row := []string{name, x.Role, strconv.Itoa(x.People), strconv.Itoa(x.N), figure(f.Lang, x.Exposure, 3)}
		row = append(row, f.between(line)...)
		t.Rows = append(t.Rows, append(row, f.flags(x.Flags)))
		if enough(line) {
			c.Dot(x.Facility.Value, x.Rest.Value)
		}
	}
	row := []string{f.T["wBsTogether"], "", "", strconv.Itoa(it.N), figure(f.Lang, it.Exposure, 3)}
	t.Rows = append(t.Rows, append(append(row, f.between(it.Line)...), f.flags(it.Flags)))
	if enough(it.Line) {
		c.Square(it.Facility.Value, it.Rest.Value)
	}
	return f.finish("asked", title, said, c, t)
}

// bankDifferences are the comparisons of groups.
func (f figures) bankDifferences(it *statistics.BankItemResult) figureView {
	t := tableView{Header: f.header("wBsBy", "wStCompared", "wStFocalN", "wStReferenceN", "wStDelta", "wStError", "wBsPlain", "wStP", "wSbCrossing", "wStETS")}
	for _, d := range it.DIF {
		p, crossing, class := "", "", string(d.ETS)
		if d.Delta.Known() {
			p, crossing = chance(f.Lang, d.P), chance(f.Lang, d.Crossing)
		}
		if class == "" {
			class = f.Why(d.Delta.Reason)
		}
		groups := f.compared(d.Compared)
		if d.By == "role" {
			groups = d.Focal + " / " + d.Reference
		}
		t.Rows = append(t.Rows, []string{f.term("bsby", d.By), groups, strconv.Itoa(d.FocalN), strconv.Itoa(d.ReferenceN), f.known(d.Delta, 2), figure(f.Lang, d.Delta.SE, 2), f.known(d.Plain, 2), p, crossing, class})
	}
	return f.finish("dif", f.T["wStDifferences"], f.T["wBsDifferencesSaid"], nil, t)
}
