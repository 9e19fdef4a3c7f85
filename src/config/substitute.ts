// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the config's own references look like this
import type { Environment } from "./environment.ts";
import type { Finding, Path } from "./finding.ts";
import type { TreeNode } from "./json5-tree.ts";

const reference = /\$(\$?)\{([A-Z_][A-Z0-9_]*)\}/g;

/**
 * Puts the environment's values in the place of `${NAME}` (upper-case names; `$${NAME}` stays as `${NAME}`).
 * A variable that is not set, or is empty, is a problem of the value that wants it.
 */
export function substitute(node: TreeNode, env: Environment, path: Path, problems: Finding[]): TreeNode {
  if (node.kind === "array") {
    return {
      ...node,
      items: node.items.map((item, index) => substitute(item, env, [...path, index], problems)),
    };
  }
  if (node.kind === "object") {
    const entries = new Map(node.entries);
    for (const [key, entry] of entries) {
      entries.set(key, { ...entry, node: substitute(entry.node, env, [...path, key], problems) });
    }
    return { ...node, entries };
  }
  const written = node.value;
  if (typeof written !== "string" || !written.includes("${")) return node;
  const value = written.replace(reference, (whole, escaped: string, name: string) => {
    if (escaped !== "") return whole.slice(1);
    const found = env[name];
    if (found) return found;
    problems.push({
      path,
      message: `the environment variable ${name} is not set; set it, or write $\${${name}} for the plain text`,
      zh: `环境变量 ${name} 未设置；请设置它，若要原样的文字则写 $\${${name}}`,
      place: node.at,
    });
    return whole;
  });
  return value === written ? node : { ...node, value, reference: written };
}
