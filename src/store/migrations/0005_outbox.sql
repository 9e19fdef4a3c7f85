-- What is to be said on the platforms: one row per part, written before the platform is asked.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- What the platform knows the part by, over repeats: at most 25 characters of [a-z0-9].
  key TEXT NOT NULL UNIQUE,
  -- Parts of one message share the number of its first row, and follow one another by `ordinal`.
  message INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  conversation TEXT NOT NULL,
  -- Who wanted it, unique: a repeat adds nothing. Only on the first part.
  origin TEXT UNIQUE,
  run_id TEXT,
  session_key TEXT,
  content TEXT NOT NULL CHECK (json_valid(content)),
  reply_to TEXT,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'rejected', 'unknown')),
  attempts INTEGER NOT NULL DEFAULT 0,
  -- Not before this; on an unknown one, when it is next looked into. Null on an unknown one that stays so.
  next_at INTEGER,
  created_at INTEGER NOT NULL,
  -- When the platform was first asked.
  tried_at INTEGER,
  ended_at INTEGER,
  ref TEXT,
  error TEXT
);
-- What a conversation still waits for, in order.
CREATE INDEX outbox_waiting ON outbox (channel, account, conversation, message, ordinal)
  WHERE state IN ('queued', 'sending', 'unknown');
CREATE INDEX outbox_message ON outbox (message, ordinal);
CREATE INDEX outbox_state ON outbox (state, id);
CREATE INDEX outbox_session ON outbox (session_key, id) WHERE session_key IS NOT NULL;

-- The message in which a reply is shown while it is written; the reply is finished by editing it.
CREATE TABLE preview (
  run_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  conversation TEXT NOT NULL,
  key TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('sending', 'shown', 'unknown')),
  ref TEXT,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (channel, account, run_id)
);
