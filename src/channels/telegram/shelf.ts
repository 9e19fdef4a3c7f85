import type { AccountStore } from "../channel.ts";

/** Values under short keys, kept over restarts; the newest so many of them. */
export interface Shelf {
  get(key: string): string | null;
  /** Puts a value under a key, or under a short one of the shelf's own, and says which. */
  put(value: string, key?: string): Promise<string>;
}

/** A shelf in an account's store. What is put when it is full takes the place of the oldest. */
export function openShelf(store: AccountStore, name: string, places: number): Shelf {
  let last: Promise<unknown> = Promise.resolve();
  async function put(value: string, given: string | undefined): Promise<string> {
    const count = Number(store.get(`${name}:count`) ?? "0");
    const place = `${name}:place:${count % places}`;
    const key = given ?? count.toString(36);
    const displaced = store.get(place);
    if (displaced !== null && displaced !== key) await store.delete(`${name}:of:${displaced}`);
    await store.set(`${name}:of:${key}`, value);
    await store.set(place, key);
    await store.set(`${name}:count`, String(count + 1));
    return key;
  }
  return {
    get: (key) => store.get(`${name}:of:${key}`),
    put(value, key) {
      const done = last.then(() => put(value, key));
      last = done.catch(() => {});
      return done;
    },
  };
}
