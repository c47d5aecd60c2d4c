/**
 * Replaces the part of a document between two marks, which a command writes; people write the rest. The marks name the
 * command: `<!-- npm run costs: begin -->`.
 *
 * @throws Error when the document does not contain both marks in order
 */
export function replaceMarked(
  document: { readonly file: string; readonly text: string },
  command: string,
  content: string,
): string {
  const { file, text } = document;
  const [begin, end] = [`<!-- ${command}: begin -->`, `<!-- ${command}: end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} must contain "${begin}" followed by "${end}".`);
  return `${text.slice(0, from)}${begin}\n\n${content}\n\n${text.slice(to)}`;
}
