import type { Page } from "playwright-core";

/** What axe finds wrong on the page as it is. */
export async function violations(page: Page): Promise<string[]> {
  // Through the debugger, since the page's own policy forbids scripts from elsewhere.
  const source = await Bun.file(Bun.resolveSync("axe-core/axe.min.js", import.meta.dir)).text();
  await page.evaluate(source);
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const result = await axe.run();
    return result.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`),
    );
  });
}

/** How many boxes are wider than they may be. */
export function tooWide(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      [...document.querySelectorAll("*")].filter(
        (e) =>
          e.scrollWidth > e.clientWidth + 1 &&
          getComputedStyle(e).overflowX !== "visible" &&
          !e.matches(
            "pre, .table, .unseen, .chat-title, .chat-name, .what, .tool-name, .tool-brief, textarea, input",
          ),
      ).length + Number(document.documentElement.scrollWidth > 320),
  );
}

/** Controls that a finger would miss. */
export function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("button, input, select, textarea, summary, [role=option], .chat a")]
      .filter((e) => !e.matches(".skip, .shade"))
      .map((e) => ({ html: e.outerHTML.slice(0, 90), box: e.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < 44 || box.height < 44))
      .map(({ html }) => html),
  );
}
