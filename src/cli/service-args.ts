/** The flags of every command about the service. */
export const serviceArgs = {
  profile: {
    type: "string",
    hint: "NAME",
    summary: { en: "the service of this profile's gateway", zh: "该配置档的网关服务" },
  },
  system: {
    type: "boolean",
    summary: { en: "a service of the whole system, on Linux, as root", zh: "系统级服务（Linux，需 root）" },
  },
} as const;

export interface ServiceFlags {
  profile?: string | undefined;
  system: boolean;
}
