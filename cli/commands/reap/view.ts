import type { Colors } from "../../output";
import type { Reaped, ReapPreview } from "../../../operations/leases/reap";

/** The preview as text. */
export function previewText(report: ReapPreview, colors: Colors): string {
  const { stack, waves, waiting, held, unsupported, errors, leftAlone, gates, stateReadable } = report;
  const lines: string[] = [];
  const count = waves.flat().length;
  if (!stateReadable) {
    lines.push("The Terraform state cannot be read, so nothing would be deleted.");
  } else {
    lines.push(
      count === 0
        ? `${stack}: the reaper finds nothing to delete.`
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
    "Blocked, because they must wait for a held resource",
    waiting.map(({ resource }) => resource),
  );
  section(
    "Held: belongs to the environment, but",
    held.map(({ resource, vetoes }) => `${resource}: ${vetoes.join(", ")}`),
  );
  section("Of a type that the reaper cannot delete", unsupported);
  section("Could not be read", errors);
  section(
    "Left alone: does not belong to the environment",
    leftAlone.map(({ resource, vetoes }) => `${resource}: ${vetoes.join(", ") || "no proof"}`),
  );
  section(
    "Closed safety gates: nothing is deleted until they open",
    gates.map(({ gate, reason }) => `${gate}: ${reason}`),
  );
  if (gates.length === 0 && stateReadable) lines.push("", "All safety gates are open.");
  return lines.join("\n");
}

/** The outcome of a reap as text. */
export function reapedText({ stack, result, reason }: Reaped): string {
  switch (result) {
    case "done":
      return `${stack} is deleted: ${reason}.`;
    case "refused":
      return `Nothing of ${stack} was deleted: ${reason}.`;
    case "stopped":
      return `The deletion of ${stack} had begun and is not finished: ${reason}.`;
    case "unfinished":
      return `${stack} is not completely deleted yet: ${reason}.`;
    case "stuck":
      return `${stack} is stuck: ${reason}.`;
  }
}
