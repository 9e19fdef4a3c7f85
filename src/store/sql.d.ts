declare module "*.sql" {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: this is how Bun hands out a text
  export default text;
}
