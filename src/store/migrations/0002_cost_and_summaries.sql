-- What each answer cost in US dollars, at the prices of its day; NULL where nobody knows.
ALTER TABLE usage ADD COLUMN cost_input REAL;
ALTER TABLE usage ADD COLUMN cost_output REAL;
ALTER TABLE usage ADD COLUMN cost_cache_read REAL;
ALTER TABLE usage ADD COLUMN cost_cache_write REAL;
-- The whole, also where only that is known.
ALTER TABLE usage ADD COLUMN cost REAL;

-- What is told to the model in the place of a transcript's older messages.
CREATE TABLE summary (
  session_id TEXT PRIMARY KEY,
  -- The last message that it covers.
  through_id INTEGER NOT NULL,
  text TEXT NOT NULL,
  made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
