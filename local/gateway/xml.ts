/**
 * The answer with only those `<item>`s of a list that `keep` accepts. Items may hold lists of their own; moto writes
 * `<item>` without attributes and never empty as `<item/>`.
 */
export function filterItems(xml: string, list: string, keep: (item: string) => boolean): string {
  const start = xml.indexOf(`<${list}>`) + `<${list}>`.length;
  const end = xml.lastIndexOf(`</${list}>`);
  if (start < list.length + 2 || end < start) return xml;
  return xml.slice(0, start) + topLevelItems(xml.slice(start, end)).filter(keep).join("") + xml.slice(end);
}

function topLevelItems(xml: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let begin = 0;
  for (const tag of xml.matchAll(/<(\/?)item>/g)) {
    if (tag[1] === "") {
      if (depth++ === 0) begin = tag.index;
    } else if (--depth === 0) {
      found.push(xml.slice(begin, tag.index + tag[0].length));
    }
  }
  return found;
}
