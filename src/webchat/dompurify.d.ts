// The same library, already minified: the executable's build leaves identifiers as they are.
declare module "dompurify/purify.min.js" {
  export { default } from "dompurify";
}
