/** The protocol generation that this build speaks natively. */
export const PROTOCOL_VERSION = 4;

/** The oldest generation that is still served, each client in its own. */
export const MIN_PROTOCOL_VERSION = 3;

export type Generation = 3 | 4;

/** The generation spoken with a client that offers `min..max`, or null when there is no overlap. */
export function negotiate(min: number, max: number): Generation | null {
  if (min <= 4 && max >= 4) return 4;
  if (min <= 3 && max >= 3) return 3;
  return null;
}
