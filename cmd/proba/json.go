package main

import (
	"encoding/json"
	"io"
)

// printJSON writes what a command found, for programs, and so that people can read it too.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
