package interchange

// Limits on untrusted input. Every one is far above what a real bank needs.
const (
	// MaxFile bounds one source and one file inside a package, in bytes: 25,000
	// items of 2 kB, the largest release, fit.
	MaxFile = 64 << 20
	// MaxQuestions is the size of the largest release.
	MaxQuestions = 25_000
	// MaxUnpacked bounds all files of a package together, in bytes, as they are
	// read and not as the package declares them.
	MaxUnpacked = 256 << 20
	// MaxEntries bounds the files of a package: one for each item of the largest
	// release in two languages.
	MaxEntries = 60_000
	// maxDepth bounds the nesting of XML; real items stay under 20.
	maxDepth = 64
	// maxNodes bounds one XML element that is held in memory; a test with 25,000
	// items needs a third.
	maxNodes = 200_000
	// MaxText bounds one text with its markup, in bytes; the longest text that an
	// item may have is 6,000 characters.
	MaxText = 256 << 10
	// MaxAnswers bounds the answers of one question while it is read; what compares
	// them takes the square of the time. An item has at most 20.
	MaxAnswers = 60
	// maxTags and maxLosses bound what is told of one question and one text.
	maxTags   = 100
	maxLosses = 20
	// maxFeedback bounds the collected feedback of one question, in bytes.
	maxFeedback = 16 << 10
	// maxLanguages bounds the languages of one text.
	maxLanguages = 20
	// maxMessage bounds what a row says, and maxName what it calls file and question, in
	// characters: rows quote the source, and all of a report must fit one document.
	maxMessage = 1000
	maxName    = 200
	// maxProblems bounds the rows of one import: a person stops reading long
	// before, and a hostile file could have a row for each of its bytes. What is
	// over is counted in a last row.
	maxProblems = 20_000
)
