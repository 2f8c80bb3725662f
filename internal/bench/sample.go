package bench

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/proba-exam/proba/exam"
)

const (
	sampleTopics = 10
	sampleRole   = "judge"
)

// sampleBank is a bank of single-choice items over ten topics and four stages,
// with an enemy pair in every fifty items and a testlet of three in every
// hundred.
func sampleBank(size int) (*exam.Bank, error) {
	text := func(format string, args ...any) exam.Text { return exam.Text{"en": fmt.Sprintf(format, args...)} }
	items := make([]exam.Item, size)
	var stimuli []exam.Stimulus
	for i := range items {
		options := make([]exam.Option, 4)
		for o := range options {
			options[o] = exam.Option{Text: text("Option %d of item %d", o, i), Key: o == i%4}
		}
		items[i] = exam.Item{ID: fmt.Sprintf("item-%05d", i), Kind: exam.Single, Roles: []string{sampleRole},
			Topic: fmt.Sprintf("topic-%d", i/4%sampleTopics), Stage: fmt.Sprintf("stage-%d", i%4), Level: "apply", Difficulty: exam.Applied,
			Stem: text("Which option answers item %d?", i), Interaction: &exam.SingleChoice{Options: options}}
		switch i % 100 {
		case 10, 60:
			items[i].Enemies = []string{fmt.Sprintf("item-%05d", i-1)}
		case 20:
			stimuli = append(stimuli, exam.Stimulus{ID: fmt.Sprintf("case-%d", i/100), Text: text("Case %d.", i/100)})
			fallthrough
		case 21, 22:
			items[i].Stimulus = fmt.Sprintf("case-%d", i/100)
		}
	}
	return exam.NewBank("sample", text("Sample"), []string{"en"}, stimuli, items)
}

// samplePlan draws forms of the given length over the topics, with one testlet, by
// known difficulties.
func samplePlan(size, length int) (*exam.Plan, error) {
	bank, err := sampleBank(size)
	if err != nil {
		return nil, err
	}
	b := exam.Blueprint{Role: sampleRole, Sections: []exam.Section{{ID: "all", Title: exam.Text{"en": "All"}}}, Testlets: 1, Cut: 7000}
	for t := range sampleTopics {
		b.Cells = append(b.Cells, exam.Cell{Section: "all", Topics: []string{fmt.Sprintf("topic-%d", t)}, Count: length / sampleTopics})
	}
	known := make(map[string]exam.ItemCalibration, size)
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range size {
		known[fmt.Sprintf("item-%05d", i)] = exam.ItemCalibration{A: .95 * math.Exp(.3*rng.NormFloat64()), B: rng.NormFloat64(), N: 300}
	}
	calibration, err := exam.NewCalibration(known)
	if err != nil {
		return nil, err
	}
	return exam.NewCalibratedPlan(bank, b, &calibration)
}

func seed(n int) exam.Seed {
	var s exam.Seed
	binary.LittleEndian.PutUint64(s[:], uint64(n))
	return s
}
