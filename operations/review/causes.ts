import type { AttributeChange } from "./attribute-changes";
import type { DriftReport, ResourceReport } from "./model";

/** Lines of the code that changed together: what was there, and what is there now. */
export interface ChangedLines {
  readonly file: string;
  /** Of the first line that is there now. */
  readonly line: number;
  readonly removed: string;
  readonly added: string;
}

/** More places say nothing about the cause. */
const MOST_PLACES = 2;
/** A value that is new or gone is looked for only when it is longer: short ones are in other lines by chance. */
const SHORTEST_VALUE = 6;

/** The resources, each with what it changes because of, where that can be told. */
export function withCauses(
  resources: readonly ResourceReport[],
  drift: readonly DriftReport[],
  changed: readonly ChangedLines[],
): ResourceReport[] {
  const drifted = new Map(
    drift.map(({ address, attributes }) => [address, attributes.map(({ name }) => name)]),
  );
  const parts = byValue(changed.map((lines) => ({ lines, ...difference(lines.removed, lines.added) })));
  return resources.map((resource) => {
    const because = isPutBack(resource, drifted.get(resource.address) ?? [])
      ? "a change outside of Terraform, which it puts back"
      : placesOf(resource.attributes, parts);
    return because === undefined ? resource : { ...resource, because };
  });
}

function isPutBack({ attributes }: ResourceReport, drifted: readonly string[]): boolean {
  return attributes.length > 0 && attributes.every(({ name }) => drifted.includes(name));
}

interface Difference {
  readonly gone: ReadonlySet<string>;
  readonly fresh: ReadonlySet<string>;
}

/** The changed lines that have the same values as the attributes, before and after: `environments/staging.ts:14`. */
function placesOf(
  attributes: readonly AttributeChange[],
  parts: ReadonlyMap<string, readonly Part[]>,
): string | undefined {
  const places = new Set<string>();
  for (const { before = "", after = "" } of attributes) {
    const { gone, fresh } = difference(before, after);
    const isOneSided = gone.size === 0 || fresh.size === 0;
    const shared = (a: ReadonlySet<string>, b: ReadonlySet<string>) =>
      [...a].some((value) => b.has(value) && (!isOneSided || value.length >= SHORTEST_VALUE));
    const candidates = new Set([...gone, ...fresh].flatMap((value) => parts.get(value) ?? []));
    const found = [...candidates].filter(
      (part) =>
        (gone.size === 0 || shared(gone, part.gone)) &&
        (fresh.size === 0 || shared(fresh, part.fresh)) &&
        gone.size + fresh.size > 0,
    );
    if (found.length === 1) places.add(`${found[0]!.lines.file}:${found[0]!.lines.line}`);
  }
  return places.size > 0 && places.size <= MOST_PLACES ? [...places].sort().join(", ") : undefined;
}

interface Part extends Difference {
  readonly lines: ChangedLines;
}

/** The parts in which a value is new or gone: a report has many attributes, and a change many lines. */
function byValue(parts: readonly Part[]): ReadonlyMap<string, readonly Part[]> {
  const found = new Map<string, Part[]>();
  for (const part of parts) {
    for (const value of new Set([...part.gone, ...part.fresh]))
      found.set(value, [...(found.get(value) ?? []), part]);
  }
  return found;
}

/** Values that are in one of two texts only. */
function difference(before: string, after: string): Difference {
  const [old, now] = [before, after].map((text) => new Set(text.match(/[\w./:@-]*\w/g) ?? [])) as [
    Set<string>,
    Set<string>,
  ];
  return {
    gone: new Set([...old].filter((value) => !now.has(value))),
    fresh: new Set([...now].filter((value) => !old.has(value))),
  };
}
