import type { AttributeChange } from "./attribute-changes";
import type { Report } from "./model";

/**
 * The report for programs. The schema is stable within a version: members are added, never renamed or taken away.
 * Left out is what is made for eyes: pictures, and the lines of the diffs.
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
