/** HTML as elements that can do no harm, whatever it was. */
export type Clean = (html: string) => DocumentFragment;

/** What may be left of it. */
export interface CleanRules {
  tags: string[];
  /** Their place is taken by what is in them. */
  unwrapped: string[];
  attributes: string[];
  /** Where links may lead. */
  addresses: RegExp;
}

const rules: CleanRules = {
  tags: [
    ..."p br hr strong em del s sub sup kbd mark ul ol li blockquote pre code a h3 h4 h5 h6".split(" "),
    ..."table thead tbody tr th td details summary span div b i u".split(" "),
  ],
  unwrapped: ["h1", "h2"],
  attributes: ["href", "title", "start", "align"],
  addresses: /^(?:https?|mailto|tel):/i,
};

declare global {
  interface Element {
    /** Not yet in every browser. */
    setHTML?(html: string, options: { sanitizer: Sanitizer }): void;
  }
}

/** By the browser's own means, or by a library that is fetched where it has none. */
export async function openClean(window: Window & typeof globalThis): Promise<Clean> {
  if (window.Element.prototype.setHTML !== undefined && window.Sanitizer !== undefined)
    return withSanitizer();
  const { cleanWithPurify } = await import("./clean-purify.ts");
  return cleanWithPurify(window, rules);
}

function withSanitizer(): Clean {
  const sanitizer = new Sanitizer({
    elements: rules.tags,
    replaceWithChildrenElements: rules.unwrapped,
    attributes: rules.attributes,
    comments: false,
    dataAttributes: false,
  });
  return (html) => {
    const place = document.createElement("div");
    place.setHTML?.(html, { sanitizer });
    for (const link of place.querySelectorAll("a")) {
      if (!rules.addresses.test(link.getAttribute("href") ?? "")) link.removeAttribute("href");
    }
    const fragment = document.createDocumentFragment();
    fragment.append(...place.childNodes);
    return fragment;
  };
}
