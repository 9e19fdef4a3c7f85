/** Where replies may go, as the config has it. */
export interface SendPolicy {
  default: "allow" | "deny";
  rules: readonly {
    action: "allow" | "deny";
    match?: {
      channel?: string;
      chatType?: "dm" | "direct" | "group" | "channel" | "thread";
      keyPrefix?: string;
    };
  }[];
}

/** A session from which something would be said. */
export interface Speaking {
  key: string;
  channel: string;
  kind: "direct" | "group" | "channel";
  /** What was set for the session itself. */
  own: string | undefined;
}

/** Whether a reply may be sent: the session's own word counts, then the first rule that fits. */
export function maySend({ key, channel, kind, own }: Speaking, policy: SendPolicy | undefined): boolean {
  if (own === "allow" || own === "deny") return own === "allow";
  const isOfType = (type: string | undefined): boolean => {
    if (type === undefined) return true;
    if (type === "thread") return /:(thread|topic):/.test(key);
    return (type === "dm" ? "direct" : type) === kind;
  };
  const found = policy?.rules.find(
    ({ match = {} }) =>
      isOfType(match.chatType) &&
      (match.channel === undefined || match.channel.toLowerCase() === channel) &&
      key.startsWith(match.keyPrefix?.trim().toLowerCase() ?? ""),
  );
  return (found?.action ?? policy?.default ?? "allow") === "allow";
}
