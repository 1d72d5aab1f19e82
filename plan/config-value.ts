/**
 * A setting that stands as a text: the engine hands every value so, structured ones as JSON, and Pulumi writes a stack's
 * file anew when it makes the stack, with `"true"` for `true`. Settings are mappings, lists, booleans, or texts that are
 * no JSON (an ARN).
 */
export function valueOfText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
