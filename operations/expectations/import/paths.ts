/** Whether a word is a path, or with `*` at its end the beginning of one. */
export function isPath(path: string, word: string): boolean {
  return word.endsWith("*") ? word.startsWith("/") && path.startsWith(word.slice(0, -1)) : word === path;
}
