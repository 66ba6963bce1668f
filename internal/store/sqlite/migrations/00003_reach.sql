-- +goose Up
-- How far a consent reaches (0: as its permission says), and what the person
-- noted beside it.
ALTER TABLE permit ADD COLUMN reach INTEGER NOT NULL DEFAULT 0;
ALTER TABLE permit ADD COLUMN note TEXT NOT NULL DEFAULT '';
