package main

import (
	"strings"
	"testing"
)

// TestAnalyzeSaysWhatIsWrong: files as people have them. What cannot be read names its place
// and what to do; what can be read says why figures are missing, and shows no number that is
// none.
func TestAnalyzeSaysWhatIsWrong(t *testing.T) {
	utf16 := "\xff\xfe"
	for _, r := range "person;a;b\nx;1;0,5\ny;0;1\n" {
		utf16 += string([]byte{byte(r), 0})
	}
	many := func(row string) string { return "a,b,c\n" + strings.Repeat(row+"\n", 40) }
	for name, c := range map[string]struct {
		text  string
		exit  int
		says  string // where it is read on stdout, else on stderr
		flags []string
	}{
		"ragged":              {"a,b\n1,1\n1\n", exitUsage, "line 3: has 1 cell, the first line names 2 columns; give every line as many", nil},
		"an unknown option":   {"person,a\nx,Q\n", exitUsage, `line 2, column a: "Q" is not a mark`, nil},
		"a key that is apart": {"a,b\n1,1\n", exitUsage, "no column is an item", []string{"--key", "item,key\nz,1\n"}},
		"empty":               {"", exitUsage, "line 1: the file is empty", nil},
		"only names":          {"a,b\n", exitUsage, "holds no person", nil},
		"one id twice":        {"person,a\nx,1\nx,0\n", exitUsage, `line 3, column person: "x" stands in line 2 already`, nil},
		"freq below 0":        {"freq,a\n-1,1\n", exitUsage, `line 2, column freq: "-1" is not a number of people: a whole number from 0`, nil},
		"half a person":       {"freq,a\n1.5,1\n", exitUsage, `"1.5" is not a number of people`, nil},
		"everybody is nobody": {"freq,a\n0,1\n", exitUsage, "a line with freq 0 stands for nobody", nil},
		"old line ends":       {"a,b\r1,0\r", exitUsage, "CR alone", nil},
		"windows-1251":        {"person,a\n\xc0\xed\xed\xe0,1\n", exitUsage, "line 2: holds bytes that are not UTF-8, from here on; save the table as CSV in UTF-8", nil},
		"a program":           {"\x7fELF\x02\x00\x00\n", exitUsage, "is no text file", nil},
		"no such group":       {"g,a\nx,1\n", exitUsage, "there is no such column to split people by; the file has g, a", []string{"--group", "h"}},
		"one group":           {"g,a,b\nx,1,0\nx,0,1\n", exitNo, "comparing takes two or more", []string{"--group", "g"}},
		"a group of one":      {"g,a,b\nx,1,0\ny,0,1\ny,1,1\n", exitFine, "no score has people of both groups with right and with wrong answers", []string{"--group", "g"}},
		"a mark of order":     {"\ufeffperson,a,b\nx,1,0\ny,0,1\n", exitFine, "2 people, 2 items", nil},
		"Windows' line ends":  {"person,a,b\r\nx,1,0\r\ny,0,1\r\n", exitFine, "2 people, 2 items", nil},
		"semicolons":          {"person;a;b\nx;1;0,5\ny;0;1\n", exitFine, "2 people, 2 items", nil},
		"UTF-16":              {utf16, exitFine, "2 people, 2 items", nil},
		"one person":          {"a,b\n1,0\n", exitFine, "not defined: needs two people at least: sd of totals, alpha, SEM, KR-21, sd, r rest", nil},
		"one item":            {"a\n1\n0\n", exitFine, "not defined: a total needs two items at least: alpha, SEM, KR-21, r rest", nil},
		"all right":           {many("1,1,1"), exitFine, "not defined: everybody has the same mark: r rest of every item", nil},
		"all wrong, by 2PL":   {many("0,0,0"), exitNo, "model 2pl: no item has both right and wrong answers", []string{"--model", "2pl"}},
		"one constant column": {"a,b,c\n1,1,0\n1,0,1\n1,0,0\n", exitFine, "everybody has the same mark: r rest, r total of a\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, "responses.csv", c.text)
			args := append([]string{file}, c.flags...)
			if len(c.flags) > 0 && c.flags[0] == "--key" {
				args[2] = write(t, "key.csv", c.flags[1])
			}
			_, stdout, stderr := analysed(t, c.exit, args...)
			said := stderr
			if c.exit == exitFine {
				said = stdout
			}
			if !strings.Contains(said, c.says) {
				t.Errorf("it says\n%s\nwithout %q", said, c.says)
			}
			if c.exit == exitUsage && (stdout != "" || !strings.Contains(stderr, file) || !strings.Contains(stderr, "nothing was analysed")) {
				t.Errorf("stdout %q, stderr %q", stdout, stderr)
			}
			analysed(t, c.exit, append(args, "--json")...)
		})
	}
	if _, _, said := analysed(t, exitUsage, t.TempDir()); !strings.Contains(said, "is a directory") {
		t.Errorf("of a directory it says %q", said)
	}
	if _, _, said := analysed(t, exitUsage, "no-such-file.csv"); !strings.Contains(said, "no-such-file.csv") {
		t.Errorf("of no file it says %q", said)
	}
}
