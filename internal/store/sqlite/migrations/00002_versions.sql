-- +goose Up
-- Versions of replaceable events. Every column is bound to the sealed event.
CREATE TABLE version (
  n        INTEGER PRIMARY KEY,
  identity TEXT NOT NULL,
  slot     BLOB NOT NULL, -- names what is replaced: identity, kind and d tag
  kind     INTEGER NOT NULL,
  event    BLOB NOT NULL,
  stamp    INTEGER NOT NULL, -- created_at, in seconds
  signed   INTEGER NOT NULL, -- 1: here; 0: seen on a relay
  app      TEXT NOT NULL,
  at       INTEGER NOT NULL,
  result   BLOB NOT NULL,
  sealed   BLOB,
  UNIQUE (identity, slot, event)
);
CREATE INDEX version_result ON version (identity, result);

-- The version that a question's words were made against.
ALTER TABLE question ADD COLUMN replaces BLOB;
