const patienceMs = 15_000;

/** Something that changes, and whoever waits for it to be so. */
export interface Watch {
  changed(): void;
  /** Once something is so; looked at after each change. Rejects after a while, with what `describe` says. */
  until<T>(look: () => T | null | undefined | false): Promise<T>;
}

export function createWatch(describe: () => unknown): Watch {
  const watchers = new Set<() => void>();
  return {
    changed() {
      for (const check of [...watchers]) check();
    },
    until: (look) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          watchers.delete(check);
          reject(new Error(`not within ${patienceMs} ms; ${JSON.stringify(describe())}`));
        }, patienceMs);
        function check() {
          const found = look();
          if (found === null || found === undefined || found === false) return;
          clearTimeout(timer);
          watchers.delete(check);
          resolve(found);
        }
        watchers.add(check);
        check();
      }),
  };
}
