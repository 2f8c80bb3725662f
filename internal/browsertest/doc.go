// Package browsertest drives the learner's pages in a real browser: Debian's
// Chromium, with a line in between that the tests cut, and a server that they stop,
// kill and whose clock they move. It has tests only; pages that need no script are
// tested where they are made, in api.
//
// Without a browser the tests are skipped, and fail when CI is set. With
// PROBA_SCREENSHOTS set to a folder, the journey leaves a picture of every page there.
package browsertest
