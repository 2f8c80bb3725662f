package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// migrations bring a file from schema number i to i+1; PRAGMA user_version holds
// the number. They are only ever appended to.
var migrations = []string{`
CREATE TABLE revisions (hash TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE releases  (hash TEXT PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE exams     (id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE TABLE sittings  (id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE TABLE entitlements (
	sitting TEXT NOT NULL, person TEXT NOT NULL, doc TEXT NOT NULL,
	PRIMARY KEY (sitting, person)) WITHOUT ROWID;
CREATE INDEX entitlements_by_person ON entitlements (person, sitting);

CREATE TABLE attempts (
	id TEXT PRIMARY KEY, version INTEGER NOT NULL,
	exam TEXT NOT NULL, sitting TEXT NOT NULL, person TEXT NOT NULL, number INTEGER NOT NULL,
	state TEXT NOT NULL, writer TEXT NOT NULL, accept_until INTEGER NOT NULL, deadline INTEGER NOT NULL,
	seq INTEGER NOT NULL, seq_base INTEGER NOT NULL, saved_at INTEGER NOT NULL, due_at INTEGER,
	leaves BLOB NOT NULL, doc TEXT NOT NULL,
	UNIQUE (exam, person, number));
CREATE INDEX attempts_by_person  ON attempts (person, id);
CREATE INDEX attempts_by_sitting ON attempts (sitting, id);
CREATE INDEX attempts_due        ON attempts (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE forms (attempt TEXT PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE responses (
	attempt TEXT NOT NULL, slot INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, doc TEXT NOT NULL,
	PRIMARY KEY (attempt, slot)) WITHOUT ROWID;
CREATE TABLE late (
	attempt TEXT NOT NULL, writer TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, doc TEXT NOT NULL,
	PRIMARY KEY (attempt, writer, seq)) WITHOUT ROWID;

CREATE TABLE people (id TEXT PRIMARY KEY, version INTEGER NOT NULL, email TEXT NOT NULL UNIQUE, doc TEXT NOT NULL);
CREATE TABLE families (id TEXT PRIMARY KEY, version INTEGER NOT NULL, person TEXT NOT NULL, expires_at INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE INDEX families_by_person ON families (person);
CREATE INDEX families_by_expiry ON families (expires_at);
CREATE TABLE links (hash TEXT PRIMARY KEY, version INTEGER NOT NULL, expires_at INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE INDEX links_by_expiry ON links (expires_at);

CREATE TABLE certificates (
	id TEXT PRIMARY KEY, version INTEGER NOT NULL, attempt TEXT NOT NULL UNIQUE, person TEXT NOT NULL,
	status_list INTEGER NOT NULL, status_index INTEGER NOT NULL, doc TEXT NOT NULL,
	UNIQUE (status_list, status_index));
CREATE INDEX certificates_by_person ON certificates (person, id);
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
`, `
CREATE TABLE calibrations (hash TEXT PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE exposures    (id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE TABLE feedback (attempt TEXT PRIMARY KEY, version INTEGER NOT NULL, exam TEXT NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX feedback_by_exam ON feedback (exam, attempt);
`, `
CREATE TABLE audit (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX audit_by_actor  ON audit (actor, number);
CREATE INDEX audit_by_action ON audit (action, number);
CREATE INDEX audit_by_object ON audit (object, number);

ALTER TABLE attempts ADD COLUMN passed INTEGER;
ALTER TABLE attempts ADD COLUMN score INTEGER;
ALTER TABLE attempts ADD COLUMN max INTEGER;
UPDATE attempts SET passed = doc ->> '$.result.passed', score = doc ->> '$.result.score', max = doc ->> '$.result.max' WHERE doc ->> '$.result' IS NOT NULL;
CREATE INDEX attempts_tally ON attempts (sitting, state, passed, score, max);
`, `
ALTER TABLE certificates ADD COLUMN state TEXT GENERATED ALWAYS AS (doc ->> 'state') VIRTUAL;
ALTER TABLE certificates ADD COLUMN unlogged INTEGER GENERATED ALWAYS AS (doc ->> 'unlogged') VIRTUAL;
ALTER TABLE certificates ADD COLUMN search TEXT GENERATED ALWAYS AS (doc ->> 'search') VIRTUAL;
CREATE INDEX certificates_by_state ON certificates (status_list, state, id) WHERE state <> 'valid';
CREATE INDEX certificates_unlogged ON certificates (id) WHERE unlogged = 1;
CREATE TABLE status_lists (id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL);

CREATE TABLE log_entries (key TEXT PRIMARY KEY, queued_at INTEGER NOT NULL, place INTEGER UNIQUE, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX log_waiting ON log_entries (queued_at, key) WHERE place IS NULL;
CREATE TABLE log_head (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE TABLE log_tiles (name TEXT PRIMARY KEY, width INTEGER NOT NULL, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE log_checkpoints (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL);
`, `
CREATE TABLE regrades (id TEXT PRIMARY KEY, version INTEGER NOT NULL, exam TEXT NOT NULL, due_at INTEGER, doc TEXT NOT NULL);
CREATE INDEX regrades_by_exam ON regrades (exam, id);
CREATE INDEX regrades_due     ON regrades (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE regrade_changes (
	regrade TEXT NOT NULL, attempt TEXT NOT NULL, version INTEGER NOT NULL, turn TEXT NOT NULL, letter TEXT NOT NULL, doc TEXT NOT NULL,
	PRIMARY KEY (regrade, attempt)) WITHOUT ROWID;
CREATE INDEX regrade_changes_by_turn ON regrade_changes (regrade, turn, attempt);
CREATE INDEX regrade_letters         ON regrade_changes (regrade, letter, attempt) WHERE letter = 'due';
CREATE INDEX attempts_by_exam        ON attempts (exam, id);
`, `
CREATE TABLE copies (id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE TABLE entries (
	n INTEGER PRIMARY KEY, bank TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
	state TEXT NOT NULL, topic TEXT NOT NULL, kind TEXT NOT NULL, stage TEXT NOT NULL, level TEXT NOT NULL, author TEXT NOT NULL,
	doc TEXT NOT NULL, more TEXT NOT NULL,
	UNIQUE (bank, id));
CREATE INDEX entries_by_state  ON entries (bank, state, id);
CREATE INDEX entries_by_topic  ON entries (bank, topic, id);
CREATE INDEX entries_by_kind   ON entries (bank, kind, id);
CREATE INDEX entries_by_stage  ON entries (bank, stage, id);
CREATE INDEX entries_by_author ON entries (bank, author, id);
CREATE TABLE entry_terms (
	bank TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL,
	PRIMARY KEY (bank, name, value, id)) WITHOUT ROWID;
CREATE INDEX entry_terms_of ON entry_terms (bank, id);
CREATE VIRTUAL TABLE entry_text USING fts5 (words, content='', contentless_delete=1, detail=none, prefix='2 3', tokenize="unicode61 remove_diacritics 0");
CREATE TABLE imports (id TEXT PRIMARY KEY, version INTEGER NOT NULL, doc TEXT NOT NULL);

CREATE TABLE sighted_revisions (n INTEGER PRIMARY KEY, revision TEXT NOT NULL UNIQUE);
CREATE TABLE sighted_attempts  (n INTEGER PRIMARY KEY, attempt TEXT NOT NULL UNIQUE);
CREATE TABLE sightings (revision INTEGER NOT NULL, attempt INTEGER NOT NULL, PRIMARY KEY (revision, attempt)) WITHOUT ROWID;
CREATE TABLE unsighted (attempt TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO unsighted (attempt) SELECT attempt FROM forms;
`, `
CREATE TABLE panels (id TEXT PRIMARY KEY, version INTEGER NOT NULL, exam TEXT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX panels_by_exam ON panels (exam, id);
CREATE TABLE ballots (panel TEXT NOT NULL, judge TEXT NOT NULL, version INTEGER NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (panel, judge)) WITHOUT ROWID;
CREATE INDEX ballots_by_judge ON ballots (judge, panel);
`, `
ALTER TABLE attempts ADD COLUMN paused_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN heard_at INTEGER NOT NULL DEFAULT 0;
CREATE TABLE access_keys (sitting TEXT PRIMARY KEY, doc TEXT NOT NULL);
ALTER TABLE sittings ADD COLUMN exam TEXT GENERATED ALWAYS AS (doc ->> 'exam') VIRTUAL;
ALTER TABLE sittings ADD COLUMN region TEXT GENERATED ALWAYS AS (doc ->> 'region') VIRTUAL;
ALTER TABLE sittings ADD COLUMN organisation TEXT GENERATED ALWAYS AS (doc ->> 'organisation') VIRTUAL;
ALTER TABLE sittings ADD COLUMN cohort TEXT GENERATED ALWAYS AS (doc ->> 'cohort') VIRTUAL;
ALTER TABLE sittings ADD COLUMN closes INTEGER NOT NULL DEFAULT 0;
UPDATE sittings SET closes = CAST(unixepoch(doc ->> 'closes', 'subsec') * 1000 AS INTEGER);
CREATE INDEX sittings_by_exam         ON sittings (exam, id);
CREATE INDEX sittings_by_region       ON sittings (region, id);
CREATE INDEX sittings_by_organisation ON sittings (organisation, id);
CREATE INDEX sittings_by_cohort       ON sittings (cohort, id);
CREATE INDEX sittings_by_close        ON sittings (closes);
`, `
CREATE TABLE statistics_jobs (id TEXT PRIMARY KEY, version INTEGER NOT NULL, due_at INTEGER, doc TEXT NOT NULL);
CREATE INDEX statistics_due ON statistics_jobs (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE statistics_parts (exam TEXT NOT NULL, name TEXT NOT NULL, run INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (exam, name));
`, `
CREATE INDEX attempts_by_state        ON attempts (state, id);
`, `
CREATE TABLE templates (key TEXT PRIMARY KEY, doc TEXT NOT NULL);
`, `
CREATE TABLE media (name TEXT PRIMARY KEY, pinned INTEGER NOT NULL, data BLOB NOT NULL);
`, `
ALTER TABLE imports ADD COLUMN due_at INTEGER;
CREATE INDEX imports_due ON imports (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE import_parts (import TEXT NOT NULL, name TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (import, name));
`, nameStep, `
CREATE TABLE scripts (
	id TEXT PRIMARY KEY, version INTEGER NOT NULL, exam TEXT NOT NULL, attempt TEXT NOT NULL, slot INTEGER NOT NULL,
	stage TEXT NOT NULL, holder TEXT NOT NULL, barred TEXT NOT NULL, due_at INTEGER, doc TEXT NOT NULL,
	UNIQUE (attempt, slot));
CREATE INDEX scripts_by_exam    ON scripts (exam, id);
CREATE INDEX scripts_by_stage   ON scripts (exam, stage, id);
CREATE INDEX scripts_by_holder  ON scripts (holder, exam, id);
CREATE INDEX scripts_by_attempt ON scripts (attempt, id);
CREATE INDEX scripts_due        ON scripts (due_at) WHERE due_at IS NOT NULL;
`, `
CREATE TABLE revisions_in_order (hash TEXT PRIMARY KEY, doc TEXT NOT NULL);
INSERT INTO revisions_in_order (hash, doc) SELECT hash, doc FROM revisions;
DROP TABLE revisions;
ALTER TABLE revisions_in_order RENAME TO revisions;
`, walkStep, `
CREATE INDEX audit_by_deed ON audit (actor, action, number);
`, `
ALTER TABLE responses ADD COLUMN worked INTEGER NOT NULL DEFAULT 0;
`, `
CREATE INDEX attempts_by_sitter ON attempts (sitting, person);
`}

// migrate brings the file to the newest schema, one transaction a step.
func migrate(ctx context.Context, conn *sql.Conn) error {
	found, err := schemaNumber(ctx, conn)
	if err != nil {
		return err
	}
	for n := found; n < len(migrations); n++ {
		if err := step(ctx, conn, n); err != nil {
			_, rollbackErr := conn.ExecContext(ctx, "ROLLBACK")
			return fmt.Errorf("migrate the schema from %d to %d: %w", n, n+1, errors.Join(err, rollbackErr))
		}
	}
	return nil
}

// step runs the n-th migration whole or not at all.
func step(ctx context.Context, conn *sql.Conn, n int) error {
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE; "+migrations[n]); err != nil {
		return err
	}
	if migrations[n] == nameStep {
		if err := fillWords(ctx, conn); err != nil {
			return err
		}
	}
	_, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d; COMMIT", n+1))
	return err
}

// schemaNumber reads the file's schema and refuses one that is newer than this
// program.
func schemaNumber(ctx context.Context, conn *sql.Conn) (int, error) {
	var n int
	if err := conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&n); err != nil {
		return 0, fmt.Errorf("read the schema number: %w", err)
	}
	if n > len(migrations) {
		return 0, fmt.Errorf("the store has schema %d, this program knows up to %d: use the newer program that wrote it", n, len(migrations))
	}
	return n, nil
}
