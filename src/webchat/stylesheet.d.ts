declare module "*.css" {
  /** The stylesheet's text, where it is imported with { type: "text" }. */
  const text: string;
  export = text;
}
