/**
 * Replaces what stands between the two marks of a document that a command writes a part of; the rest is written by
 * hand. The marks name the command: `<!-- npm run costs: begin -->`.
 *
 * @throws Error when the document does not hold both marks, in order
 */
export function replaceMarked(
  document: { readonly file: string; readonly text: string },
  command: string,
  content: string,
): string {
  const { file, text } = document;
  const [begin, end] = [`<!-- ${command}: begin -->`, `<!-- ${command}: end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} must hold "${begin}" and, after it, "${end}".`);
  return `${text.slice(0, from)}${begin}\n\n${content}\n\n${text.slice(to)}`;
}
