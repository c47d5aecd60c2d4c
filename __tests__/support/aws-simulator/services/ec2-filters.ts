import type { Filter } from "@aws-sdk/client-ec2";
import { SimulatorGap } from "../kernel/errors";
import type { Entity } from "../world/entity";

type Fields<T> = Readonly<Record<string, (item: T) => readonly (string | undefined)[]>>;

/**
 * What a Describe call of EC2 selects: by id (missing ids are the caller's business) and by filters, whose
 * values are alternatives and may hold `*`.
 */
export function select<T extends Entity>(
  all: readonly T[],
  ids: readonly string[] | undefined,
  filters: readonly Filter[] | undefined,
  fields: Fields<T>,
): T[] {
  return all.filter(
    (item) =>
      (!ids?.length || ids.includes(item.id)) &&
      (filters ?? []).every((filter) => matches(item, filter, fields)),
  );
}

function matches<T extends Entity>(item: T, filter: Filter, fields: Fields<T>): boolean {
  const name = filter.Name ?? "";
  const wanted = (filter.Values ?? []).map(pattern);
  const values = name.startsWith("tag:")
    ? [item.tags[name.slice("tag:".length)]]
    : name === "tag-key"
      ? Object.keys(item.tags)
      : fields[name]?.(item);
  if (!values) throw new SimulatorGap(`filter ${name}`);
  return values.some((value) => value !== undefined && wanted.some((regexp) => regexp.test(value)));
}

function pattern(text: string): RegExp {
  const escaped = text
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`);
}
