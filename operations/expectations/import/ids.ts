/** An id that none of the others has: letters, digits, dots and dashes of the wanted one. */
export function uniqueId(wanted: string, ids: Set<string>): string {
  const base = wanted.replace(/[^\w.-]+/g, "-");
  let id = base;
  for (let copy = 2; ids.has(id); copy++) id = `${base}-${copy}`;
  ids.add(id);
  return id;
}
