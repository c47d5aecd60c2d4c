import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { usd } from "../../../contract/dollars";
import { auditOf, trailOf, type AuditedBox } from "../../../operations/admin-box/audit";
import type { Cli } from "../../context";
import { formatTable } from "../../output";
import { openPlace } from "./open";
import { personOf, reasonCell } from "./view";

/** Shows who launched boxes and opened sessions on them. */
export async function auditCommand(
  cli: Cli,
  options: { readonly stack?: string; readonly sinceMs: number },
): Promise<void> {
  const { names, clock } = await openPlace(cli, options);
  const now = clock.wall();
  const client = new CloudTrailClient(cli.clientConfig(names.names.region));
  const boxes = auditOf(await trailOf(client, now - options.sinceMs, now), names.launchTemplate);
  cli.output.result({ boxes }, () => cli.output.line(auditText(cli, boxes, names.sessionLogGroup)));
}

function auditText(cli: Cli, boxes: readonly AuditedBox[], logGroup: string): string {
  if (boxes.length === 0) return "No boxes were launched in this period.";
  const rows = boxes.map((box) => [
    box.launchedAt,
    box.id,
    personOf(box.launchedBy),
    reasonCell(box.reason),
    box.endedAt === undefined ? "" : personOf(box.endedBy ?? ""),
    box.minutes === undefined ? "" : String(box.minutes),
    box.usd === undefined ? "" : usd(box.usd, 4),
    String(box.sessions.length),
  ]);
  const head = ["LAUNCHED", "BOX", "WHO", "REASON", "ENDED BY", "MINUTES", "AT MOST", "SESSIONS"];
  const table = formatTable(head, rows, { colors: cli.output.colors, right: [5, 6, 7] });
  return `${table}\n\nWhat was typed is in the log group ${logGroup}, one stream per session.`;
}
