const form = /^\$\{secret:([a-z0-9][a-z0-9._-]{0,63})\}$/;

/** The name in `${secret:NAME}`, which stands for a secret that is kept outside of the config; null for other text. */
export function secretNameOf(text: string): string | null {
  return form.exec(text.trim())?.[1] ?? null;
}

/** What a config refers to a kept secret by. */
export function secretReference(name: string): string {
  return `\${secret:${name}}`;
}
