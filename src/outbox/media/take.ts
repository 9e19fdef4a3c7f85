import type { OutboundMedia } from "#src/channels/channel.ts";
import type { FetchOptions } from "./fetch.ts";
import { MediaRefusal } from "./refusal.ts";

export interface TakeOptions extends FetchOptions {
  root: string;
}

/** A file by its address or its path below the media root, judged and copied. Throws a `MediaRefusal`. */
export async function takeMedia(named: string, options: TakeOptions): Promise<OutboundMedia> {
  if (/^https?:/i.test(named)) return (await import("./fetch.ts")).fetchMedia(named, options);
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(named)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "file") {
    const asked = scheme.slice(0, 32);
    throw new MediaRefusal({
      en: `${asked}: is not fetched; name an http or https address, or a file below the media directory`,
      zh: `不获取 ${asked}: 地址；请给出 http 或 https 地址，或媒体目录之下的文件`,
    });
  }
  return (await import("./local-file.ts")).takeLocalFile(named, options);
}

/** The lines of an agent's text that name files, `MEDIA:path`, apart from the text; those in fences are text. */
export function mediaLinesOf(text: string): { text: string; media: string[] } {
  if (!/^\s*MEDIA:/m.test(text)) return { text, media: [] };
  const media: string[] = [];
  let fence: string | null = null;
  const kept = text.split("\n").filter((line) => {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined) {
      if (fence === null) fence = mark;
      else if (mark[0] === fence[0] && mark.length >= fence.length) fence = null;
    }
    const named = fence === null ? /^\s*MEDIA:\s*`?([^`\n]+?)`?\s*$/.exec(line)?.[1] : undefined;
    if (named === undefined) return true;
    media.push(named);
    return false;
  });
  return { text: kept.join("\n"), media };
}
