/** A place of the operating system for secrets. Every verb rejects where it cannot be reached. */
export interface Keychain {
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  delete(name: string): Promise<void>;
}

const service = "moltbot";
/** A keychain that is locked may ask a person, who may not be there. */
const patienceMs = { get: 20_000, set: 5_000, delete: 5_000 } as const;

/** The keychain of this user. The scope keeps apart what several state directories keep under the same names. */
export function systemKeychain(scope: string): Keychain {
  const entry = (name: string) => ({ service, name: `${scope}#${name}` });
  return {
    get: (name) => soon(Bun.secrets.get(entry(name)), patienceMs.get),
    set: (name, value) => soon(Bun.secrets.set({ ...entry(name), value }), patienceMs.set),
    async delete(name) {
      await soon(Bun.secrets.delete(entry(name)), patienceMs.delete);
    },
  };
}

async function soon<T>(work: Promise<T>, withinMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("the keychain does not answer")), withinMs);
  work.catch(() => {});
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
