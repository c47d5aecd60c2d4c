import { describeError } from "../../../cleanup/engine/classify";
import { MINUTE, type Instant } from "../../../cleanup/engine/time";
import { adminNames, BOX_TAG, BOX_TERMS, boxEnd } from "../../../contract/admin-box";
import { TAG } from "../../../contract/tags";
import { formatInstant, MAX_SKEW } from "./clock";
import type { ReaperConfig } from "./config";
import { auditFor, type World } from "./context";
import type { BoxInstance } from "./ports";

/** What the sweep does about an instance. */
type BoxVerdict =
  | {
      readonly kind: "ended" | "kept";
      readonly environment: string;
      readonly end: Instant;
      readonly why: string;
    }
  | { readonly kind: "foreign"; readonly why: string };

/**
 * Tags alone prove nothing, because people who may tag an instance must not be able to have it terminated. The instance
 * profile does: only who may pass the role of the boxes can give it to an instance.
 */
function judgeBox(
  { tags, launchedAt, instanceProfileArn }: BoxInstance,
  { accountId, region }: Pick<ReaperConfig, "accountId" | "region">,
  now: Instant,
): BoxVerdict {
  const environment = tags[TAG.environment] ?? "";
  const { names, instanceRole } = adminNames({ accountId, region, environment });
  if (instanceProfileArn !== names.iamArn(`instance-profile/${instanceRole}`)) {
    return {
      kind: "foreign",
      why: `it has the tags of a box, but ${instanceProfileArn === undefined ? "no instance profile" : `the instance profile ${instanceProfileArn}`}`,
    };
  }
  const end = boxEnd(tags[BOX_TAG.expiresAt], launchedAt);
  const why = `its time ended at ${formatInstant(end)}`;
  if (now < end) return { kind: "kept", environment, end, why: `it lives until ${formatInstant(end)}` };
  const isProtected = tags[TAG.protected] === "true";
  return isProtected
    ? { kind: "kept", environment, end, why: `${why}, but the tag ${TAG.protected} keeps it` }
    : { kind: "ended", environment, end, why };
}

/**
 * Terminates every admin box past its expiry: the last of the ways in which a box ends. One that outlived its expiry by
 * more than the grace of its own timer is counted, because then the others have failed.
 *
 * @returns what could not be done
 */
export async function sweepBoxes(world: World): Promise<readonly string[]> {
  const { boxes, clock, metrics, registry } = world.ports;
  const instances = await boxes.all();
  if (instances.length === 0) return [];
  const now = clock.now();
  const judged = instances.map((box) => ({ box, verdict: judgeBox(box, world.config, now) }));
  const overdue = new Map<string, number>();
  for (const { verdict } of judged) {
    if (verdict.kind === "foreign") continue;
    const isOverdue = now >= verdict.end + BOX_TERMS.graceMinutes * MINUTE;
    overdue.set(verdict.environment, (overdue.get(verdict.environment) ?? 0) + (isOverdue ? 1 : 0));
  }
  for (const [environment, count] of overdue) boxes.reportOverdue(environment, count);

  const errors: string[] = [];
  const note = ({ id }: BoxInstance, environment: string, outcome: string, error?: string) =>
    // In the log alone: a permanent environment has no record beside which lines could be.
    auditFor(world, environment, false).note({
      action: "box",
      resource: `ec2:instance ${id}`,
      outcome,
      error,
    });
  for (const { box, verdict } of judged) {
    if (verdict.kind === "foreign") note(box, "", "left alone", verdict.why);
  }
  const due = judged.filter(({ verdict }) => verdict.kind === "ended");
  if (due.length === 0) return [];
  const [authority, enabled] = await Promise.all([clock.authority(), registry.deletionEnabled("test")]);
  // Like a test run, a box was launched with its end agreed, so only a switch that someone turned off keeps it.
  if (!enabled) return [];
  for (const { box, verdict } of due) {
    if (verdict.kind === "foreign") continue;
    if (Math.abs(now - authority) > MAX_SKEW) {
      errors.push(`box ${box.id}: our clock says ${formatInstant(now)}, AWS's ${formatInstant(authority)}`);
      continue;
    }
    try {
      await boxes.terminate(box.id);
      metrics.add("BoxesEnded", 1);
      note(box, verdict.environment, "terminated", verdict.why);
    } catch (error) {
      errors.push(`box ${box.id}: ${describeError(error)}`);
      note(box, verdict.environment, "refused", describeError(error));
    }
  }
  return errors;
}
