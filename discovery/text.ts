/** Text that comes from a checkout or a server, made safe to print and to record. */

/** One line without control or bidirectional characters, so that nothing steers a terminal; cut to `limit`. */
export function printable(text: string, limit = 120): string {
  const clean = text
    .replace(/\p{Zl}|\p{Zp}|\p{Cc}|\p{Cf}|\p{Cs}/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return clean.length <= limit ? clean : `${clean.slice(0, limit - 1)}…`;
}
