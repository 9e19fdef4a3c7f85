-- One row per conversation; its transcript is `message`.
CREATE TABLE session (
  key TEXT PRIMARY KEY,
  agent_id TEXT NOT NULL,
  -- Names the current transcript; a reset gives a new one and keeps the old rows.
  session_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  label TEXT,
  model_provider TEXT,
  model TEXT,
  -- What sessions.patch sets, as a JSON object.
  settings TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(settings)),
  input_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  total_tokens INTEGER NOT NULL DEFAULT 0,
  context_tokens INTEGER,
  aborted_last_run INTEGER NOT NULL DEFAULT 0 CHECK (aborted_last_run IN (0, 1)),
  title TEXT,
  last_preview TEXT,
  message_count INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_update ON session (updated_at);
CREATE UNIQUE INDEX session_by_label ON session (label) WHERE label IS NOT NULL;
CREATE INDEX session_by_session_id ON session (session_id);

-- Transcripts, in the order of `id`.
CREATE TABLE message (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  role TEXT NOT NULL,
  -- The whole message as clients see it.
  json TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (session_id, message_id)
) STRICT;

CREATE INDEX message_in_order ON message (session_id, id);

-- The inbox: a row is committed before its arrival is acknowledged to anyone.
CREATE TABLE turn (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  conversation TEXT NOT NULL,
  provider_message_id TEXT NOT NULL,
  session_key TEXT NOT NULL,
  -- The key as the caller wrote it, which events echo.
  session_key_asked TEXT NOT NULL,
  -- The caller's idempotency key; two callers may choose the same.
  run_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('chat', 'agent')),
  payload TEXT NOT NULL CHECK (json_valid(payload)),
  principal TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'aborted', 'interrupted')),
  attempts INTEGER NOT NULL DEFAULT 0,
  -- Whether the run did something outside that a second run would do again.
  had_effect INTEGER NOT NULL DEFAULT 0 CHECK (had_effect IN (0, 1)),
  accepted_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  error TEXT,
  result TEXT CHECK (result IS NULL OR json_valid(result)),
  UNIQUE (principal, kind, run_id),
  UNIQUE (channel, account, conversation, provider_message_id)
) STRICT;

CREATE INDEX turn_by_run ON turn (run_id);
CREATE INDEX turn_unfinished ON turn (id) WHERE state IN ('queued', 'running');
CREATE INDEX turn_by_session ON turn (session_key, id);
CREATE INDEX turn_by_end ON turn (ended_at) WHERE ended_at IS NOT NULL;

-- Answers for repeats; the row is written before the effect, and `answer` after it.
CREATE TABLE idempotency (
  principal TEXT NOT NULL,
  method TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  answer TEXT CHECK (answer IS NULL OR json_valid(answer)),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (principal, method, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);

-- What model calls cost, one row per answer of a provider.
CREATE TABLE usage (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL,
  session_key TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  input INTEGER NOT NULL,
  output INTEGER NOT NULL,
  cache_read INTEGER NOT NULL DEFAULT 0,
  cache_write INTEGER NOT NULL DEFAULT 0,
  at INTEGER NOT NULL
) STRICT;

CREATE INDEX usage_by_time ON usage (at);
CREATE INDEX usage_by_session ON usage (session_key, at);
