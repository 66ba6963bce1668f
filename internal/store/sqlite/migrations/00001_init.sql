-- +goose Up
-- Times are Unix milliseconds (0: none), durations nanoseconds, keys and hashes
-- 32-byte blobs, lists JSON. n keeps the order of creation.

CREATE TABLE identity (
  n       INTEGER PRIMARY KEY,
  id      TEXT NOT NULL UNIQUE,
  name    TEXT NOT NULL,
  pubkey  BLOB NOT NULL,
  sealed  BLOB,
  created INTEGER NOT NULL
);

CREATE TABLE app (
  n             INTEGER PRIMARY KEY,
  id            TEXT NOT NULL UNIQUE,
  identity      TEXT NOT NULL,
  client        BLOB NOT NULL,
  signer        BLOB NOT NULL,
  signer_key    BLOB,
  compatible    INTEGER NOT NULL,
  label         TEXT NOT NULL,
  claimed_name  TEXT NOT NULL,
  claimed_url   TEXT NOT NULL,
  claimed_image TEXT NOT NULL,
  relays        TEXT,
  cipher        INTEGER NOT NULL,
  preset        TEXT NOT NULL,
  created       INTEGER NOT NULL,
  last_seen     INTEGER NOT NULL,
  ends          INTEGER NOT NULL,
  state         INTEGER NOT NULL,
  state_since   INTEGER NOT NULL,
  UNIQUE (client, signer)
);

CREATE TABLE invitation (
  n           INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE,
  identity    TEXT NOT NULL,
  signer      BLOB NOT NULL,
  signer_key  BLOB,
  compatible  INTEGER NOT NULL,
  secret_hash BLOB NOT NULL,
  label       TEXT NOT NULL,
  preset      TEXT NOT NULL,
  grants      TEXT,
  relays      TEXT,
  created     INTEGER NOT NULL,
  expires     INTEGER NOT NULL,
  spent       INTEGER NOT NULL, -- 1: used by used_by at used
  used_by     BLOB NOT NULL,
  used        INTEGER NOT NULL
);

CREATE TABLE permit (
  n          INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  app        TEXT NOT NULL,
  method     TEXT NOT NULL,
  kind       INTEGER, -- NULL: any
  target     TEXT NOT NULL,
  budget_n   INTEGER NOT NULL,
  budget_per INTEGER NOT NULL,
  lasts      INTEGER NOT NULL,
  verdict    INTEGER NOT NULL,
  given      INTEGER NOT NULL,
  until      INTEGER NOT NULL,
  origin     TEXT NOT NULL
);
CREATE INDEX permit_app ON permit (app);

CREATE TABLE budget (
  permit TEXT NOT NULL,
  window INTEGER NOT NULL,
  used   INTEGER NOT NULL,
  PRIMARY KEY (permit, window)
) WITHOUT ROWID;

CREATE TABLE question (
  n          INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  app        TEXT NOT NULL,
  identity   TEXT NOT NULL,
  event      BLOB NOT NULL,
  op_hash    BLOB NOT NULL,
  op         INTEGER NOT NULL,
  kind       INTEGER NOT NULL,
  level      INTEGER NOT NULL,
  reason     TEXT NOT NULL,
  words_hash BLOB NOT NULL,
  words      BLOB,
  state      INTEGER NOT NULL,
  asked      INTEGER NOT NULL,
  deadline   INTEGER NOT NULL,
  answered   INTEGER NOT NULL,
  by         TEXT NOT NULL
);
CREATE INDEX question_state ON question (state);

-- Found by event and by operation through an index in memory.
CREATE TABLE work (
  n        INTEGER PRIMARY KEY,
  app      TEXT NOT NULL,
  event    BLOB NOT NULL,
  op_hash  BLOB NOT NULL,
  op       INTEGER NOT NULL,
  state    INTEGER NOT NULL,
  outcome  INTEGER NOT NULL,
  relay    TEXT NOT NULL,
  trace    TEXT NOT NULL,
  rule     TEXT NOT NULL,
  question TEXT,
  sealed   BLOB,
  answer   BLOB,
  owed     TEXT,
  received INTEGER NOT NULL,
  expires  INTEGER NOT NULL
);
CREATE INDEX work_live ON work (n) WHERE state < 3 OR owed IS NOT NULL;
CREATE INDEX work_ends ON work (expires) WHERE state = 3;

-- A record as audit.Encode writes it: hash, previous hash, canonical form.
CREATE TABLE record (
  seq  INTEGER PRIMARY KEY,
  body BLOB NOT NULL
);

-- activity is record in plain columns, for people with a SQL prompt. It reads
-- lengths of one byte, which all texts but a long detail have.
CREATE VIEW activity AS
WITH
  a AS (SELECT seq, body, 93 AS at FROM record),
  b AS (SELECT *, at + 1 + ifnull(unicode(CAST(substr(body, at, 1) AS TEXT)), 0) AS at2 FROM a),
  c AS (SELECT *, at2 + 1 + ifnull(unicode(CAST(substr(body, at2, 1) AS TEXT)), 0) AS at3 FROM b),
  d AS (SELECT *, at3 + 1 + ifnull(unicode(CAST(substr(body, at3, 1) AS TEXT)), 0) AS at4 FROM c),
  e AS (SELECT *, at4 + 135 AS at5, at4 + 136 + ifnull(unicode(CAST(substr(body, at4 + 135, 1) AS TEXT)), 0) AS at6 FROM d),
  f AS (SELECT *, at6 + 9 AS at7, at6 + 10 + ifnull(unicode(CAST(substr(body, at6 + 9, 1) AS TEXT)), 0) AS at8 FROM e)
SELECT seq,
  strftime('%Y-%m-%dT%H:%M:%fZ', (('0x' || hex(substr(body, 76, 8))) ->> '$') / 1000.0, 'unixepoch') AS time,
  ('0x' || hex(substr(body, 92, 1))) ->> '$' AS phase,
  CAST(substr(body, at + 1, at2 - at - 1) AS TEXT) AS trace,
  CAST(substr(body, at2 + 1, at3 - at2 - 1) AS TEXT) AS identity,
  CAST(substr(body, at3 + 1, at4 - at3 - 1) AS TEXT) AS app,
  lower(hex(substr(body, at4 + 1, 32))) AS client,
  lower(hex(substr(body, at4 + 34, 32))) AS event,
  ('0x' || hex(substr(body, at4 + 74, 1))) ->> '$' AS op,
  CASE substr(body, at4 + 76, 1) WHEN x'ff' THEN -1 ELSE ('0x' || hex(substr(body, at4 + 81, 3))) ->> '$' END AS kind,
  lower(hex(substr(body, at4 + 85, 32))) AS what,
  ('0x' || hex(substr(body, at4 + 125, 1))) ->> '$' AS verdict,
  ('0x' || hex(substr(body, at4 + 134, 1))) ->> '$' AS level,
  CAST(substr(body, at5 + 1, at6 - at5 - 1) AS TEXT) AS rule,
  CAST(substr(body, at7 + 1, at8 - at7 - 1) AS TEXT) AS question,
  ('0x' || hex(substr(body, at8 + 8, 1))) ->> '$' AS outcome,
  lower(hex(substr(body, at8 + 10, 32))) AS result,
  CAST(substr(body, at8 + 43) AS TEXT) AS detail,
  lower(hex(substr(body, 1, 32))) AS hash
FROM f;

-- Which blocks of 256 records (seq / 256) have a record of an app.
CREATE TABLE record_app (
  app   TEXT NOT NULL,
  block INTEGER NOT NULL,
  PRIMARY KEY (app, block)
) WITHOUT ROWID;

CREATE TABLE head (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  seq  INTEGER NOT NULL,
  hash BLOB NOT NULL
);
INSERT INTO head VALUES (1, 0, zeroblob(32));

CREATE TABLE checkpoint (
  n     INTEGER PRIMARY KEY,
  seq   INTEGER NOT NULL,
  hash  BLOB NOT NULL,
  time  INTEGER NOT NULL,
  event BLOB NOT NULL
);

CREATE TABLE seal (
  n       INTEGER PRIMARY KEY,
  id      TEXT NOT NULL UNIQUE,
  type    TEXT NOT NULL,
  params  BLOB,
  sealed  BLOB,
  created INTEGER NOT NULL
);

CREATE TABLE setting (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
