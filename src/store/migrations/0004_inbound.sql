-- What channels gave us, one row per event, committed with the platform's cursor before the platform is told.
CREATE TABLE inbound (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  conversation TEXT NOT NULL,
  -- The message's id, or for what has none of its own, what it is about and says.
  event_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  sender TEXT NOT NULL,
  -- The event as JSON; empty once it is dealt with, which leaves the row to tell a redelivery.
  event TEXT CHECK (event IS NULL OR json_valid(event)),
  -- new: to be decided, or gathered · held: until its sender is let in · context: said beside the agent · done
  state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'held', 'context', 'done')),
  -- What was decided, and the turn that it became part of.
  outcome TEXT,
  run_id TEXT,
  tries INTEGER NOT NULL DEFAULT 0,
  received_at INTEGER NOT NULL,
  UNIQUE (channel, account, conversation, kind, event_key)
) STRICT;

CREATE INDEX inbound_open ON inbound (state, channel, account, conversation, id) WHERE state <> 'done';
CREATE INDEX inbound_by_arrival ON inbound (received_at);

-- Conversations that go on under another id keep the session of the first.
CREATE TABLE conversation_move (
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  to_id TEXT NOT NULL,
  from_id TEXT NOT NULL,
  PRIMARY KEY (channel, account, to_id)
) STRICT, WITHOUT ROWID;

-- Strangers who wrote and wait to be let in, and those who were not.
CREATE TABLE sender_request (
  code TEXT PRIMARY KEY,
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  sender TEXT NOT NULL,
  -- All ids of the person, as a JSON array.
  ids TEXT NOT NULL CHECK (json_valid(ids)),
  name TEXT,
  state TEXT NOT NULL CHECK (state IN ('pending', 'denied')),
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  UNIQUE (channel, account, sender)
) STRICT, WITHOUT ROWID;

-- Who was let into direct chats, one row per id of the person.
CREATE TABLE approved_sender (
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  id TEXT NOT NULL,
  -- The first of the person's ids.
  person TEXT NOT NULL,
  name TEXT,
  -- Whether the person may give the owner's commands.
  owner INTEGER NOT NULL DEFAULT 0 CHECK (owner IN (0, 1)),
  approved_at INTEGER NOT NULL,
  PRIMARY KEY (channel, account, id)
) STRICT, WITHOUT ROWID;
