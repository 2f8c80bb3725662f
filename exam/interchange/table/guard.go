package table

import "strings"

// Spreadsheet programs run a cell that begins with one of these as a formula, also
// in CSV (https://owasp.org/www-community/attacks/CSV_Injection).
const formulaSigns = "=+-@\t\r"

// guard puts an apostrophe before what a spreadsheet would run.
func guard(s string) string {
	if rest := strings.TrimLeft(s, "'"); rest != "" && strings.ContainsRune(formulaSigns, rune(rest[0])) {
		return "'" + s
	}
	return s
}

// unguard takes it off.
func unguard(s string) string {
	if strings.HasPrefix(s, "'") && guard(s) != s {
		return s[1:]
	}
	return s
}
