/** A generator of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

type Random = () => number;
type Schema = Record<string, unknown>;

/** A value that the schema allows. */
export function validSample(schema: unknown, random: Random): unknown {
  const rules = schema as Schema;
  if ("const" in rules) return rules.const;
  if (Array.isArray(rules.enum)) return pick(rules.enum, random);
  const arms = rules.oneOf ?? rules.anyOf;
  if (Array.isArray(arms)) return validSample(pick(arms, random), random);
  switch (rules.type) {
    case "null":
      return null;
    case "boolean":
      return random() < 0.5;
    case "integer":
      return whole(rules, random);
    case "number":
      return fraction(rules, random);
    case "string":
      return text(rules, random);
    case "array": {
      const fewest = typeof rules.minItems === "number" ? rules.minItems : 0;
      const length = Math.max(fewest, Math.floor(random() * 3));
      return Array.from({ length }, () => validSample(rules.items, random));
    }
    case "object":
      return object(rules, random);
    case undefined:
      return pick([null, 7, "open", [1], { open: { deep: true } }], random);
    default:
      throw new Error(`no sample for the type ${String(rules.type)}`);
  }
}

function whole(rules: Schema, random: Random): number {
  const from = typeof rules.minimum === "number" ? rules.minimum : 0;
  const to = typeof rules.maximum === "number" ? rules.maximum : from + 2_000_000_000_000;
  return pick([from, to, from + Math.floor(random() * (to - from))], random);
}

function fraction(rules: Schema, random: Random): number {
  const { maximum } = rules;
  const sample = whole(rules, random);
  return typeof maximum === "number" && sample + 0.5 > maximum ? maximum : sample + 0.5;
}

function text(rules: Schema, random: Random): string {
  const shortest = typeof rules.minLength === "number" ? rules.minLength : 0;
  const longest = typeof rules.maxLength === "number" ? rules.maxLength : shortest + 12;
  return pick(
    ["x".repeat(shortest), "中".repeat(longest), "y".repeat(Math.max(shortest, longest - 1))],
    random,
  );
}

function object(rules: Schema, random: Random): Record<string, unknown> {
  const sample: Record<string, unknown> = {};
  if (rules.properties) {
    const required = new Set(rules.required as string[] | undefined);
    for (const [key, inner] of Object.entries(rules.properties)) {
      if (required.has(key) || random() < 0.5) sample[key] = validSample(inner, random);
    }
  }
  const values = rules.additionalProperties;
  if (typeof values === "object") sample.anything = validSample(values, random);
  if (values === true) sample.extra = 1;
  return sample;
}

/** The value with one thing changed somewhere; most often that makes it invalid. */
export function spoiled(value: unknown, random: Random): unknown {
  if (Array.isArray(value) && value.length > 0 && random() < 0.7) {
    const at = Math.floor(random() * value.length);
    return value.map((item, index) => (index === at ? spoiled(item, random) : item));
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value) && random() < 0.9) {
    const members = value as Record<string, unknown>;
    const keys = Object.keys(members);
    const key = pick([...keys, "unheard-of"], random);
    if (key === "unheard-of") return { ...members, [key]: { strange: 1 } };
    if (random() < 0.3) return Object.fromEntries(Object.entries(members).filter(([name]) => name !== key));
    return { ...members, [key]: spoiled(members[key], random) };
  }
  return pick(
    [null, "", -1, 1.5, "x".repeat(600), true, [], {}, [null], { strange: 1 }, "unheard-of"],
    random,
  );
}

function pick<T>(list: readonly T[], random: Random): T {
  const chosen = list[Math.floor(random() * list.length)];
  if (chosen === undefined) throw new Error("nothing to pick from");
  return chosen;
}
