/** Finds out whose work is in the executable; runs at build, and where the command line is run from source. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** One work inside the executable and the terms that it comes under. */
export interface Notice {
  name: string;
  version: string;
  /** As in SPDX: `MIT`, `(MPL-2.0 OR Apache-2.0)`. */
  license: string;
  /** What has to be passed on with it. */
  text: string;
}

export interface Notices {
  /** What the combination means for who passes it on; null where every part is as free as our own. */
  combined: string | null;
  notices: Notice[];
  /** Licences that the notices name without their full text. */
  texts: { license: string; text: string }[];
}

interface Manifest {
  name: string;
  version: string;
  license?: string;
  repository?: string | { url?: string };
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/**
 * Everything that the package in `root` brings along: itself, the runtime, and each installed package that it needs
 * in production. Throws where one of them has no licence.
 */
export function collectNotices(root: string, runtime: { version: string }): Notices {
  const own = manifestIn(root);
  const packages = new Map<string, string>();
  gather(root, own.dependencies ?? {}, packages);
  const manifests = [...packages.values()].map((folder) => ({ folder, manifest: manifestIn(folder) }));
  const notices = manifests.map(({ folder, manifest }) => {
    const text = licenceText(folder) ?? siblingText(manifest, manifests) ?? writtenDown(manifest);
    const { name, version, license } = manifest;
    if (license === undefined || license === "" || text === null) {
      throw new Error(`${name} ${version} has no licence; ask its authors, or do without it`);
    }
    return { name, version, license, text };
  });
  notices.sort((a, b) => (a.name < b.name ? -1 : 1));
  const read = (name: string) => readFileSync(join(import.meta.dir, name), "utf8");
  return {
    combined: notices.some(({ license }) => isGpl(license))
      ? readFileSync(join(root, "NOTICE"), "utf8")
      : null,
    notices: [
      {
        name: own.name,
        version: own.version,
        license: own.license ?? "",
        text: readFileSync(join(root, "LICENSE"), "utf8"),
      },
      { name: "bun", version: runtime.version, license: "MIT AND LGPL-2.1-or-later", text: read("bun.txt") },
      ...notices,
    ],
    texts: [
      { license: "Apache-2.0", text: read("apache-2.0.txt") },
      { license: "LGPL-2.1", text: read("lgpl-2.1.txt") },
    ],
  };
}

/** The names of the packages that these files belong to. */
export function packagesOf(files: Iterable<string>): string[] {
  const names = new Set<string>();
  for (const file of files) {
    const inside = file.replaceAll("\\", "/").split("node_modules/").slice(1).at(-1);
    // No package's name begins with a dot; what tools keep there does.
    if (inside === undefined || inside.startsWith(".")) continue;
    names.add(inside.split("/", inside.startsWith("@") ? 2 : 1).join("/"));
  }
  return [...names].sort();
}

/** Folders by `name@version`: one package may be there in two versions. */
function gather(folder: string, wanted: Record<string, string>, found: Map<string, string>): void {
  for (const name of Object.keys(wanted)) {
    const place = installed(folder, name);
    // What is not installed cannot be inside: an optional part, or a peer that nobody brought.
    if (place === null) continue;
    const manifest = manifestIn(place);
    const key = `${manifest.name}@${manifest.version}`;
    if (found.has(key)) continue;
    found.set(key, place);
    const { dependencies, optionalDependencies, peerDependencies } = manifest;
    gather(place, { ...dependencies, ...optionalDependencies, ...peerDependencies }, found);
  }
}

/** Where a package that `folder` asks for lies, as module resolution finds it. */
function installed(folder: string, name: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const place = join(at, "node_modules", name);
    if (existsSync(join(place, "package.json"))) return place;
    if (dirname(at) === at) return null;
  }
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

/** The files in which a package says under which terms it is given. */
function licenceText(folder: string): string | null {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)([.-]|$)/i.test(name));
  if (!names.some((name) => !/^notice/i.test(name))) return null;
  return names
    .sort()
    .map((name) => readFileSync(join(folder, name), "utf8").trim())
    .join("\n\n");
}

/** Packages that name their terms without adding the text; written down here with the author that they name. */
const withoutText: Record<string, string> = { "tr46@0.0.3": "tr46.txt" };

function writtenDown({ name, version }: Manifest): string | null {
  const file = withoutText[`${name}@${version}`];
  return file === undefined ? null : readFileSync(join(import.meta.dir, file), "utf8").trim();
}

/** Packages of one repository are under its one licence file, which not each of them repeats. */
function siblingText(
  { repository, license }: Manifest,
  all: readonly { folder: string; manifest: Manifest }[],
): string | null {
  const home = addressOf(repository);
  const sibling = all.find(
    ({ folder, manifest }) =>
      home !== undefined &&
      addressOf(manifest.repository) === home &&
      manifest.license === license &&
      licenceText(folder) !== null,
  );
  return sibling === undefined ? null : licenceText(sibling.folder);
}

function addressOf(repository: Manifest["repository"]): string | undefined {
  const address = typeof repository === "string" ? repository : repository?.url;
  return address?.replace(/^git\+|\.git$/g, "");
}

/** Whether a part asks that the whole be given under its own terms. */
function isGpl(license: string): boolean {
  return /(^|[^L])GPL-/.test(license) && !/ OR /.test(license);
}
