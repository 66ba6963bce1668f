-- +goose Up
-- Blocks of 64 records (seq / 64) in place of 256: to find what an app did, a
-- fourth is looked at. A block that had a record of an app may have it in any of
-- its four parts.
CREATE TABLE record_part (
  app   TEXT NOT NULL,
  block INTEGER NOT NULL,
  PRIMARY KEY (app, block)
) WITHOUT ROWID;
INSERT INTO record_part (app, block)
  SELECT app, block * 4 + part FROM record_app, (SELECT 0 AS part UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3);
DROP TABLE record_app;
ALTER TABLE record_part RENAME TO record_app;
