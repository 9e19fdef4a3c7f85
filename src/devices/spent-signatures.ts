export interface SpentSignatures {
  /** Whether this is the signature's first use. For signatures that hold and have no nonce. */
  spend(signature: string, now: number): boolean;
}

/** A signature without a nonce may be dated two minutes ahead and is good for two minutes after its date. */
const keptMs = 250_000;
const most = 50_000;

/** Knows for as long as they would be accepted which signatures were used; when it can keep no more, it refuses. */
export function createSpentSignatures(): SpentSignatures {
  /** By the bytes, in the order of their use: base64 has several spellings of them. */
  const spent = new Map<string, number>();
  return {
    spend(signature, now) {
      for (const [bytes, until] of spent) {
        if (until > now) break;
        spent.delete(bytes);
      }
      const bytes = Buffer.from(signature, "base64url").toString("latin1");
      if (spent.has(bytes) || spent.size >= most) return false;
      spent.set(bytes, now + keptMs);
      return true;
    },
  };
}
