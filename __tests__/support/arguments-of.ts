import type { Resource } from "./template";

/** The arguments of a resource, without the metadata that cdktf writes beside them, and without `omitted`. */
export function argumentsOf(resource: Resource, ...omitted: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(resource).filter(([key]) => key !== "//" && !omitted.includes(key)),
  );
}
