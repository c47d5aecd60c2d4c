/** The text itself as a regular expression. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|!]/g, "\\$&");
}
