package main

import (
	"cmp"
	"os"
)

// What the flag -data of the commands beside the service says of itself.
const (
	storeFolder = "folder of the embedded store; else PROBA_DATA. PROBA_STORE names another store"
	keysFolder  = "folder of the embedded store and the keys; else PROBA_DATA. PROBA_STORE names another store"
)

// dataFolder is where a command looks for the embedded store unless it is told: where the
// service has it by the same environment. Else an operator who gave the service another
// folder would make accounts in a new, empty store.
func dataFolder() string {
	return cmp.Or(os.Getenv("PROBA_DATA"), "proba-data")
}
