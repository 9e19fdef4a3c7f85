const hour = { hour: "2-digit", minute: "2-digit" } as const;
const forms = {
  hour,
  day: { month: "short", day: "numeric", ...hour },
  full: { dateStyle: "full", timeStyle: "medium" },
} as const;

// A format takes longer to make than a whole message takes to draw.
const formats = new Map<string, Intl.DateTimeFormat>();

/** A time in the words of a language. */
export function showTime(tag: string, form: keyof typeof forms, date: Date): string {
  const key = `${tag} ${form}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(tag, forms[form]);
  formats.set(key, known);
  return known.format(date);
}
