/**
 * Found text made safe to look at. Control characters steer a terminal; invisible ones (zero width, direction marks,
 * Unicode tags) hide an instruction from a reviewer but not from a model. Each is shown as its code point.
 */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u{1160}\u{115F}\u{3164}\u{FFA0}\u{2800}]|[\u{FE00}-\u{FE0D}]|[\u{E0100}-\u{E01EF}]/gu;

/** One line, every hidden character as `\u{…}`; a line break as `⏎`. */
export function visible(text: string): string {
  return text
    .replaceAll('\n', '⏎')
    .replaceAll('\t', ' ')
    .replace(HIDDEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Whether a text holds characters that a reader does not see. */
export function hidesText(text: string): boolean {
  return text.replace(/[\n\t]/g, '').search(HIDDEN) >= 0;
}
