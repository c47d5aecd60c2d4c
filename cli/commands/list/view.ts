import { atLeast, usd } from "../../../contract/dollars";
import { foreignPrices } from "../../../contract/prices";
import { ageText, timeLeft } from "../../../operations/leases/terms";
import type { EnvironmentList, ListEntry } from "../../../operations/leases/list";
import { deletionText } from "../../deletion-mode";
import { formatTable, type Colors } from "../../output";

/** The list as text. */
export function listText({ environments, deletion, unreadable }: EnvironmentList, colors: Colors): string {
  const several = new Set(environments.map(({ accountId, region }) => `${accountId}/${region}`)).size > 1;
  const lines: string[] = [];
  if (environments.length === 0) {
    lines.push("There are no ephemeral environments. Create the file of one with automock init demo-42.");
  } else {
    lines.push(
      formatTable(
        [
          ...(several ? ["ACCOUNT/REGION"] : []),
          "ENVIRONMENT",
          "OWNER",
          "AGE",
          "TIME LEFT",
          "PHASE",
          "PER HOUR",
          "SO FAR",
        ],
        environments.map((entry) => [
          ...(several ? [`${entry.accountId}/${entry.region}`] : []),
          entry.state === "deployed" && entry.kind === "test"
            ? `${entry.environment} (test)`
            : entry.environment,
          ...cells(entry, colors),
        ]),
        { colors, right: several ? [6, 7] : [5, 6] },
      ),
    );
  }
  for (const entry of environments) {
    if (entry.state === "faulty") {
      lines.push("", `The record of ${entry.environment} is invalid, so the reaper skips it:`);
      lines.push(...entry.faults.map((fault) => `  ${fault}`));
    } else if (entry.state === "deployed") {
      const { environment, warnFault, lastError } = entry;
      if (warnFault !== undefined) lines.push("", `${environment} is not deleted: ${warnFault}`);
      if (lastError !== undefined)
        lines.push("", `The last attempt to delete ${environment} failed: ${lastError}`);
    }
  }
  const deployed = environments.filter(({ state }) => state === "deployed");
  if (deployed.length > 0) {
    const prices = foreignPrices(deployed.map(({ region }) => region));
    lines.push("", `Costs are estimates at the minimum number of tasks${prices}.`);
  }
  for (const place of deletion) lines.push("", deletionText(place.enabled, place));
  for (const { accountId, region, message } of unreadable) {
    lines.push("", `The registry of account ${accountId} in ${region} cannot be read: ${message}`);
  }
  return lines.join("\n");
}

function cells(entry: ListEntry, colors: Colors): string[] {
  switch (entry.state) {
    case "faulty":
      return ["?", "?", "?", colors.red("INVALID RECORD"), "", ""];
    case "notDeployed":
      return [entry.owner, "", `${entry.ttlHours} h after deployment`, colors.dim("not deployed"), "", ""];
    case "deployed": {
      const { owner, minutesLeft, phase, usdHourly, usdSoFar } = entry;
      const left = timeLeft(entry);
      const shown = entry.protected ? `${phase}, protected` : phase;
      return [
        owner,
        ageText(entry),
        minutesLeft < 0 && !entry.protected
          ? colors.red(left)
          : minutesLeft < 60
            ? colors.yellow(left)
            : left,
        phase === "STUCK" ? colors.red(shown) : shown,
        usdHourly === undefined ? "?" : atLeast(usd(usdHourly.expected, 4), entry.atLeast ?? false),
        usdSoFar === undefined ? "?" : atLeast(usd(usdSoFar), entry.atLeast ?? false),
      ];
    }
  }
}
