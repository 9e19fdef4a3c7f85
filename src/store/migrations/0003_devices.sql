-- Every device that was ever let in and not removed.
CREATE TABLE device (
  -- SHA-256 of the key's 32 bytes, in hex.
  device_id TEXT PRIMARY KEY,
  public_key TEXT NOT NULL,
  -- What an owner calls it; stands before the name that it gives itself.
  given_name TEXT,
  display_name TEXT,
  platform TEXT,
  device_family TEXT,
  client_id TEXT,
  client_mode TEXT,
  remote_ip TEXT,
  created_at INTEGER NOT NULL,
  approved_at INTEGER NOT NULL,
  approved_via TEXT NOT NULL CHECK (approved_via IN ('local', 'owner', 'link')),
  last_seen_at INTEGER
) STRICT, WITHOUT ROWID;

-- What it may be, and what it may do as that.
CREATE TABLE device_role (
  device_id TEXT NOT NULL REFERENCES device (device_id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('operator', 'node')),
  scopes TEXT NOT NULL CHECK (json_valid(scopes)),
  -- Random; the device's token for the role is derived from it, so a new one makes the old token worthless.
  generation TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  rotated_at INTEGER,
  revoked_at INTEGER,
  last_used_at INTEGER,
  PRIMARY KEY (device_id, role)
) STRICT, WITHOUT ROWID;

-- Links that pair whoever opens them first; the row goes with the grant.
CREATE TABLE pairing_link (
  digest TEXT PRIMARY KEY,
  role TEXT NOT NULL CHECK (role IN ('operator', 'node')),
  scopes TEXT NOT NULL CHECK (json_valid(scopes)),
  -- The device whose rights it passes on; NULL for the host's owner. When it goes, its links go.
  made_by TEXT,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX pairing_link_by_expiry ON pairing_link (expires_at);
CREATE INDEX pairing_link_by_maker ON pairing_link (made_by) WHERE made_by IS NOT NULL;
