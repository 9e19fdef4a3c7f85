import JSON5 from "json5";
import type { Notices } from "#src/cli/notices/collect.ts";

interface Lock {
  packages: Record<string, [id: string, registry: string, needs: Needs, integrity: string]>;
}

interface Needs {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

export interface SbomOptions {
  /** The text of bun.lock. */
  lock: string;
  name: string;
  version: string;
  license: string;
  /** What is asked for in production. */
  dependencies: Readonly<Record<string, string>>;
  bunVersion: string;
  notices: Notices;
  builtAt: Date;
}

/** A CycloneDX bill of materials: the runtime, and what the lock brings in for production. */
export function sbom(options: SbomOptions): string {
  const { name, version, license, bunVersion, notices, builtAt } = options;
  const lock = JSON5.parse<Lock>(options.lock);
  const root = `pkg:generic/${name}@${version}`;
  const bun = `pkg:npm/bun@${bunVersion}`;
  const found = reachable(lock, Object.keys(options.dependencies));
  const licenses = new Map(notices.notices.map((each) => [`${each.name}@${each.version}`, each.license]));
  const components = [...found.values()].map(({ id, integrity }) => ({
    type: "library",
    "bom-ref": purl(id),
    ...nameAndVersion(id),
    purl: purl(id),
    hashes: [{ alg: "SHA-512", content: sha512Of(integrity) }],
    ...licensesOf(licenses.get(id)),
  }));
  const runtime = {
    type: "framework",
    "bom-ref": bun,
    name: "bun",
    version: bunVersion,
    purl: bun,
    ...licensesOf(licenses.get(`bun@${bunVersion}`)),
  };
  const dependencies = [
    { ref: root, dependsOn: [bun, ...refs(found, lock, "", Object.keys(options.dependencies))] },
    ...[...found].map(([key, { id, needs }]) => ({
      ref: purl(id),
      dependsOn: refs(found, lock, key, namesOf(needs)),
    })),
  ];
  const bill = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      timestamp: builtAt.toISOString(),
      component: { type: "application", "bom-ref": root, name, version, ...licensesOf(license) },
    },
    components: [runtime, ...components].sort((a, b) => (a["bom-ref"] < b["bom-ref"] ? -1 : 1)),
    dependencies,
  };
  return `${JSON.stringify(bill, null, 2)}\n`;
}

interface Locked {
  id: string;
  needs: Needs;
  integrity: string;
}

function reachable(lock: Lock, names: readonly string[]): Map<string, Locked> {
  const found = new Map<string, Locked>();
  const visit = (parent: string, wanted: readonly string[]) => {
    for (const name of wanted) {
      const key = keyOf(lock, parent, name);
      const entry = key === null ? undefined : lock.packages[key];
      // An optional part or a peer that nobody brought.
      if (key === null || entry === undefined || found.has(key)) continue;
      const [id, , needs, integrity] = entry;
      found.set(key, { id, needs, integrity });
      visit(key, namesOf(needs));
    }
  };
  visit("", names);
  return found;
}

function namesOf({ dependencies, optionalDependencies, peerDependencies }: Needs): string[] {
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
}

/** A package's own copy stands under its own key in the lock; else that of those around it counts. */
function keyOf(lock: Lock, parent: string, name: string): string | null {
  for (let around = parent; around !== ""; around = around.slice(0, Math.max(0, around.lastIndexOf("/")))) {
    if (`${around}/${name}` in lock.packages) return `${around}/${name}`;
  }
  return name in lock.packages ? name : null;
}

function refs(found: Map<string, Locked>, lock: Lock, parent: string, names: readonly string[]): string[] {
  const keys = names.map((name) => keyOf(lock, parent, name));
  return [...new Set(keys.flatMap((key) => found.get(key ?? "")?.id ?? []))].map(purl).sort();
}

function nameAndVersion(id: string): { name: string; version: string } {
  const at = id.lastIndexOf("@");
  return { name: id.slice(0, at), version: id.slice(at + 1) };
}

function purl(id: string): string {
  const { name, version } = nameAndVersion(id);
  return `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
}

function sha512Of(integrity: string): string {
  const [, base64] = /^sha512-(.+)$/.exec(integrity) ?? [];
  if (base64 === undefined) throw new Error(`the lock has no SHA-512: ${integrity}`);
  return Buffer.from(base64, "base64").toString("hex");
}

function licensesOf(license: string | undefined): { licenses?: object[] } {
  if (license === undefined || license === "") return {};
  return /[ ()]/.test(license)
    ? { licenses: [{ expression: license }] }
    : { licenses: [{ license: { id: license } }] };
}
