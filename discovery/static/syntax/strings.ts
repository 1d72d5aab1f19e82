/** Escapes of Python string literals. */

const SIMPLE: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The text that a literal's contents stand for. `\N{…}` is kept as written: no reader needs it. */
export function decodeEscapes(text: string, format: boolean): string {
  const braces = format ? text.replaceAll('{{', '{').replaceAll('}}', '}') : text;
  if (!braces.includes('\\')) return braces;
  return braces.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g,
    (whole, x: string, u: string, long: string, octal: string, other: string) => {
      const hex = x ?? u ?? long;
      if (hex !== undefined) {
        const code = Number.parseInt(hex, 16);
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      }
      return octal === undefined ? (SIMPLE[other] ?? whole) : String.fromCharCode(Number.parseInt(octal, 8));
    },
  );
}
