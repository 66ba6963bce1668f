-- +goose Up
-- Who may use the console, with what they prove it, and their sessions.
CREATE TABLE person (
  n         INTEGER PRIMARY KEY,
  id        TEXT NOT NULL UNIQUE,
  name      TEXT NOT NULL,
  created   INTEGER NOT NULL,
  roles     BLOB, -- JSON: role by identity
  code      BLOB, -- SHA-256 of the code to join with, until it is used
  code_ends INTEGER NOT NULL
);
CREATE TABLE passkey (
  n       INTEGER PRIMARY KEY,
  id      BLOB NOT NULL UNIQUE,
  person  TEXT NOT NULL,
  label   TEXT NOT NULL,
  domain  TEXT NOT NULL,
  key     BLOB,
  count   INTEGER NOT NULL,
  created INTEGER NOT NULL,
  used    INTEGER NOT NULL
);
CREATE TABLE login (
  n       INTEGER PRIMARY KEY,
  hash    BLOB NOT NULL UNIQUE,
  person  TEXT NOT NULL,
  device  TEXT NOT NULL,
  by      TEXT NOT NULL,
  created INTEGER NOT NULL,
  ends    INTEGER NOT NULL
);
