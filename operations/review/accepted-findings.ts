import { SCANNER_EXCEPTIONS } from "../scanner-exceptions";
import type { AcceptedFinding, Action, ResourceReport } from "./model";

const LEAVES_IT_DEPLOYED: readonly Action[] = ["add", "change", "replace", "import"];

/** @param at when the plan was made, ISO 8601 */
export function acceptedFindings(
  resources: readonly Pick<ResourceReport, "action" | "type">[],
  at: string,
): AcceptedFinding[] {
  const types = resources.filter(({ action }) => LEAVES_IT_DEPLOYED.includes(action)).map(({ type }) => type);
  return SCANNER_EXCEPTIONS.flatMap((exception) => {
    const found = types.filter((type) => exception.types.includes(type));
    if (found.length === 0) return [];
    const overdue = at.slice(0, exception.reviewBy.length) > exception.reviewBy;
    return [{ ...exception, types: [...new Set(found)].sort(), resources: found.length, overdue }];
  });
}

/** "access logs of buckets, on 2 × aws_s3_bucket. Why not. Review by 2027-05-31 (platform-team)." */
export function acceptedText({ asks, types, resources, reason, ...finding }: AcceptedFinding): string {
  return `${asks}, on ${resources} × ${types.join(", ")}. ${reason} ${reviewText(finding)}`;
}

/** Of an exception whose review is overdue, for the attention of the reviewer. */
export function overdueText(finding: AcceptedFinding): string {
  return `scanner exception ${finding.checks.join(", ")} (${finding.asks}): ${reviewText(finding)}`;
}

function reviewText({
  owner,
  reviewBy,
  overdue,
}: Pick<AcceptedFinding, "owner" | "reviewBy" | "overdue">): string {
  return overdue ? `Its review was due on ${reviewBy} (${owner}).` : `Review by ${reviewBy} (${owner}).`;
}
