package table_test

import (
	"archive/zip"
	"bytes"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/banktest"
	"github.com/proba-exam/proba/exam/interchange/table"
)

func pixel(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pack makes a package of names and contents.
func pack(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// shows is a text with each image as its description alone, and the number of images that
// came with the bank.
func shows(bank *exam.Bank, text string) (string, int) {
	return strings.ReplaceAll(exam.Described(text), "\n\n", " / "), len(bank.Brought())
}

// TestImagesBesideATable names them in a column, and within texts.
func TestImagesBesideATable(t *testing.T) {
	image := string(pixel(t))
	const head = "stem,option 1,option 2,key,image,image description\n"
	for name, c := range map[string]struct {
		table, stem, option string
		images              int
		codes               []string
	}{
		"a column":           {head + "Who?,a,b,1,scene 1.png,A scene\n", "Who? / [A scene]", "a", 1, nil},
		"within texts":       {head + "Who? ![A scene](scene%201.png),![a](pics/a.png),b,1,,\n", "Who? [A scene]", "[a]", 1, nil},
		"two":                {head + "Who?,![a](pics/other.png),b,1,scene 1.png,A scene\n", "Who? / [A scene]", "[a]", 2, nil},
		"without its words":  {head + "Who?,a,b,1,scene 1.png,\n", "", "", 0, []string{"media.no_description"}},
		"that is not there":  {head + "Who?,a,b,1,none.png,A scene\n", "", "", 0, []string{"media.image"}},
		"outside":            {head + "Who?,a,b,1,../../etc/passwd,A scene\n", "", "", 0, []string{"media.image"}},
		"elsewhere":          {head + "Who?,a,b,1,http://127.0.0.1:1/a.png,A scene\n", "", "", 0, []string{"media.image"}},
		"that is no image":   {head + "Who?,a,b,1,bank.csv,A scene\n", "", "", 0, []string{"media.type"}},
		"two languages":      {"stem:en,stem:uk,option 1:en,option 1:uk,option 2:en,option 2:uk,key,image,image description:en,image description:uk\nWho?,Хто?,a,а,b,б,1,scene 1.png,A scene,Сцена\n", "Who? / [A scene]", "a", 1, nil},
		"a language too few": {"stem:en,stem:uk,option 1:en,option 1:uk,option 2:en,option 2:uk,key,image,image description:en\nWho?,Хто?,a,а,b,б,1,scene 1.png,A scene\n", "", "", 0, []string{"media.no_description"}},
	} {
		t.Run(name, func(t *testing.T) {
			im := new(interchange.Import)
			table.ReadZip(im, "p.zip", pack(t, map[string]string{"bank.csv": c.table, "scene 1.png": image, "pics/a.png": image, "pics/other.png": string(banktestPicture(t)), "__MACOSX/._bank.csv": "x"}), "")
			bank, report := im.Finish(interchange.Options{Bank: "test-bank", Lang: "en"})
			var codes []string
			for _, p := range report.Problems {
				if !strings.HasPrefix(p.Code, "default.") && p.Code != "item.numbered" {
					codes = append(codes, p.Code)
				}
			}
			if !slices.Equal(codes, c.codes) {
				t.Fatalf("told %q, want %q: %+v", codes, c.codes, report.Problems)
			}
			if bank == nil {
				return
			}
			it := bank.Revision(0).Item
			stem, n := shows(bank, it.Stem["en"])
			option, _ := shows(bank, it.Interaction.(*exam.SingleChoice).Options[0].Text["en"])
			if stem != c.stem || option != c.option || n != c.images {
				t.Errorf("read %q, %q and %d images", stem, option, n)
			}
		})
	}
}

// banktestPicture is another image than pixel.
func banktestPicture(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 5, 4))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestImagesOfAWorkbook lays images over cells, as people do.
func TestImagesOfAWorkbook(t *testing.T) {
	f := excelize.NewFile()
	for i, row := range [][]string{{"id", "stem", "option 1", "option 2", "key"}, {"item-one", "Who?", "a", "b", "1"}, {"item-two", "What?", "", "b", "1"}} {
		for j, cell := range row {
			name, _ := excelize.CoordinatesToCellName(j+1, i+1)
			if err := f.SetCellStr("Sheet1", name, cell); err != nil {
				t.Fatal(err)
			}
		}
	}
	for cell, alt := range map[string]string{"B2": "A [scene]", "C3": "A map", "A3": "A stray one"} {
		if err := f.AddPictureFromBytes("Sheet1", cell, &excelize.Picture{Extension: ".png", File: pixel(t), Format: &excelize.GraphicOptions{AltText: alt}}); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	bank, report := banktest.Read(t, func(im *interchange.Import) { table.ReadXLSX(im, "b.xlsx", b.Bytes()) })
	if bank == nil || bank.Items() != 2 {
		t.Fatalf("read %+v", report.Problems)
	}
	one, n := shows(bank, bank.Revision(0).Item.Stem["en"])
	two, _ := shows(bank, bank.Revision(1).Item.Interaction.(*exam.SingleChoice).Options[0].Text["en"])
	if one != "Who? / [A (scene)]" || two != "[A map]" || n != 1 {
		t.Errorf("read %q, %q and %d images", one, two, n)
	}
	if !slices.ContainsFunc(report.Problems, func(p interchange.Problem) bool { return p.Code == "media.place" && p.Line == 3 }) {
		t.Errorf("the image over an id is not told: %+v", report.Problems)
	}
}

func FuzzReadZip(f *testing.F) {
	f.Add("stem,option 1,option 2,key,image,image description\nWho?,a,b,1,a.png,A\n", string(pixel(f)))
	f.Fuzz(func(t *testing.T, csv, image string) {
		data := pack(t, map[string]string{"b.csv": csv, "a.png": image})
		banktest.Fuzzed(t, func(im *interchange.Import) { table.ReadZip(im, "f", data, "") })
	})
}

// TestAreasOfAnImage names the image in a column, and the areas beside their names.
func TestAreasOfAnImage(t *testing.T) {
	const head = "kind,stem,image,image description,option 1,option 2,area 1,area 2,key,choose\n"
	for name, c := range map[string]struct {
		row, want string
		codes     []string
	}{
		"two areas":          {"hotspot,Where?,a.png,A desk,lamp,door,circle 1 1 1,\"rectangle 0,0,2,1\",2,yes\n", "hotspot | Where? | -lamp circle [1 1 1] | +door rectangle [0 0 2 1]", nil},
		"outside":            {"hotspot,Where?,a.png,A desk,lamp,door,circle 9 9 1,rectangle 0 0 2 1,2,\n", "", []string{"item.invalid"}},
		"no number":          {"hotspot,Where?,a.png,A desk,lamp,door,circle 1 1 x,rectangle 0 0 2 1,2,\n", "", []string{"table.area"}},
		"no image":           {"hotspot,Where?,,,lamp,door,circle 1 1 1,rectangle 0 0 2 1,2,\n", "", []string{"item.invalid"}},
		"an area left blank": {"hotspot,Where?,a.png,A desk,lamp,door,circle 1 1 1,,2,\n", "", []string{"item.invalid"}},
	} {
		t.Run(name, func(t *testing.T) {
			im := new(interchange.Import)
			table.ReadZip(im, "p.zip", pack(t, map[string]string{"bank.csv": head + c.row, "a.png": string(pixel(t))}), "")
			bank, report := im.Finish(interchange.Options{Bank: "test-bank", Lang: "en"})
			var codes []string
			for _, p := range report.Problems {
				if !strings.HasPrefix(p.Code, "default.") && p.Code != "item.numbered" {
					codes = append(codes, p.Code)
				}
			}
			if !slices.Equal(slices.Compact(codes), c.codes) {
				t.Fatalf("told %q, want %q: %+v", codes, c.codes, report.Problems)
			}
			if bank == nil {
				return
			}
			it := bank.Revision(0).Item
			if got := banktest.Detailed(&it); got != c.want || it.Interaction.(*exam.HotspotImage).Choose != 1 || len(bank.Brought()) != 1 {
				t.Errorf("read %s with %d images", got, len(bank.Brought()))
			}
		})
	}
}
