-- What channel accounts keep: credentials, and how far each has read its platform's stream.
CREATE TABLE channel_data (
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (channel, account, key)
) STRICT, WITHOUT ROWID;
