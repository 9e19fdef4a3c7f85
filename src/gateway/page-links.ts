import { createHash, timingSafeEqual } from "node:crypto";

/** What opens our own page: the secret of a link, good for one visit, or the token that the visit was given. */
export type PagePass = "link" | "token";

export interface PageLinks {
  /** A secret for the fragment of one link. */
  create(): { secret: string; expiresAt: number };
  /** What a client's secrets are to the page; looking uses nothing up. */
  recognise(offered: readonly string[]): PagePass | null;
  /** Uses up the link among the secrets and gives the token that its page keeps; null where none is a link. */
  exchange(offered: readonly string[]): string | null;
}

const lifetimeMs = 600_000;
const mostLinks = 16;
const mostTokens = 64;

interface Kept {
  digest: Buffer;
  expiresAt: number;
}

/** Keeps digests, in memory: a restart shuts every page out, and the oldest make room for new ones. */
export function createPageLinks(now: () => number): PageLinks {
  let links: Kept[] = [];
  let tokens: Kept[] = [];

  function find(kept: readonly Kept[], offered: readonly string[]): Kept | undefined {
    let found: Kept | undefined;
    for (const text of offered) {
      const digest = digestOf(text);
      // Every one is compared, so that the time tells nothing.
      for (const each of kept) {
        if (timingSafeEqual(each.digest, digest) && now() < each.expiresAt) found ??= each;
      }
    }
    return found;
  }

  return {
    create() {
      const secret = randomSecret();
      const expiresAt = now() + lifetimeMs;
      const valid = links.filter((each) => now() < each.expiresAt);
      links = [...valid, { digest: digestOf(secret), expiresAt }].slice(-mostLinks);
      return { secret, expiresAt };
    },
    recognise(offered) {
      if (find(links, offered) !== undefined) return "link";
      return find(tokens, offered) === undefined ? null : "token";
    },
    exchange(offered) {
      const link = find(links, offered);
      if (link === undefined) return null;
      links = links.filter((each) => each !== link);
      const token = randomSecret();
      tokens = [...tokens, { digest: digestOf(token), expiresAt: Number.POSITIVE_INFINITY }].slice(
        -mostTokens,
      );
      return token;
    },
  };
}

function randomSecret(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
