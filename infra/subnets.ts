/** How the stack's own network is divided. Pure. */

/** The network is a /20: one /24 a zone for functions, and from the ninth on one a zone for what is public. */
export function subnetOf(cidr: string, index: number): string {
  const [a, b, c] = cidr.split('.').map(Number);
  return `${a}.${b}.${(c ?? 0) + index}.0/24`;
}

const FIRST_PUBLIC = 8;

export function publicSubnetOf(cidr: string, index: number): string {
  return subnetOf(cidr, FIRST_PUBLIC + index);
}
