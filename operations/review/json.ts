import type { AttributeChange } from "./attribute-changes";
import type { Report } from "./model";

/**
 * The report as JSON. Within a schema version, members are added but never renamed or removed.
 * Pictures and diff lines are left out.
 */
export function renderJson(report: Report): string {
  const stacks = report.stacks.map(({ diagramSvg: _, ...stack }) => ({
    ...stack,
    resources: stack.resources.map(withoutLines),
    drift: stack.drift.map(withoutLines),
    outputs: stack.outputs.map(values),
  }));
  return `${JSON.stringify({ version: 1, ...report, stacks }, undefined, 2)}\n`;
}

function withoutLines<T extends { readonly attributes: readonly AttributeChange[] }>(resource: T) {
  return { ...resource, attributes: resource.attributes.map(values) };
}

function values({ lines: _, ...change }: AttributeChange) {
  return change;
}
