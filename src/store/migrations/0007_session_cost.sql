-- What the current transcript's answers cost in US dollars, and of how many answers nobody knows it.
ALTER TABLE session ADD COLUMN cost REAL NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN unpriced INTEGER NOT NULL DEFAULT 0;

-- Answers since the transcript's first message, what a compaction put aside included.
UPDATE session SET (cost, unpriced) = (
  SELECT coalesce(sum(usage.cost), 0.0), count(*) - count(usage.cost) FROM usage
  WHERE usage.session_key = session.key AND usage.at >= (
    SELECT min(created_at) FROM message
    WHERE message.session_id = session.session_id
      OR (message.session_id > session.session_id || '.bak.' AND message.session_id < session.session_id || '.bak/')
  )
);
