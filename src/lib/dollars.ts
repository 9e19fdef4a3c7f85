/** An amount of US dollars as people read it: in cents, and a smaller one with as many places as show it. */
export function showDollars(amount: number): string {
  return `$${amount.toFixed(amount === 0 || amount >= 0.01 ? 2 : 4)}`;
}
