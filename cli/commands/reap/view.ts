import type { Colors } from "../../output";
import type { Reaped, ReapPreview } from "../../../operations/leases/reap";

/** The report for people. */
export function previewText(report: ReapPreview, colors: Colors): string {
  const { stack, waves, waiting, held, unsupported, errors, leftAlone, gates, stateReadable } = report;
  const lines: string[] = [];
  const count = waves.flat().length;
  if (!stateReadable) {
    lines.push("The Terraform state cannot be read, so nothing would be deleted.");
  } else {
    lines.push(
      count === 0
        ? `${stack}: the reaper finds nothing that it would delete.`
        : `${stack}: the reaper would delete ${count} resources in ${waves.length} waves. Nothing is deleted now.`,
    );
  }
  waves.forEach((wave, i) => {
    lines.push("", colors.bold(`Wave ${i + 1}`));
    for (const { resource, proofs } of wave) {
      lines.push(`  ${resource}`, ...proofs.map((proof) => colors.dim(`      ${proof}`)));
    }
  });
  const section = (title: string, entries: readonly string[]) => {
    if (entries.length > 0) lines.push("", colors.bold(title), ...entries.map((entry) => `  ${entry}`));
  };
  section(
    "Never deleted, for they wait for what is held",
    waiting.map(({ resource }) => resource),
  );
  section(
    "Held: the environment's own, but",
    held.map(({ resource, vetoes }) => `${resource}: ${vetoes.join(", ")}`),
  );
  section("Of a type that the reaper cannot delete", unsupported);
  section("Could not be looked at", errors);
  section(
    "Left alone: not the environment's",
    leftAlone.map(({ resource, vetoes }) => `${resource}: ${vetoes.join(", ") || "no proof"}`),
  );
  section(
    "Safety gates that are shut: nothing is deleted before they open",
    gates.map(({ gate, reason }) => `${gate}: ${reason}`),
  );
  if (gates.length === 0 && stateReadable) lines.push("", "All safety gates are open.");
  return lines.join("\n");
}

/** What came of a reap for people. */
export function reapedText({ stack, result, reason }: Reaped): string {
  switch (result) {
    case "done":
      return `${stack} is gone: ${reason}.`;
    case "refused":
      return `Nothing of ${stack} was deleted: ${reason}.`;
    case "unfinished":
      return `${stack} is not gone yet: ${reason}.`;
    case "stuck":
      return `${stack} is stuck: ${reason}.`;
  }
}
