import { createHash } from "node:crypto";
import { registryKey, WORKER_KEY } from "../../../contract/registry";
import type { LoggedCall } from "./kernel/simulator";
import { MINUTE, type Scenario } from "./scenario";
import { current } from "./services/s3-objects";
import type { Bucket, Table, Topic } from "./world/platform";
import type { SeededEnvironment } from "./world/seed-account";

/** What must be true of every run, whatever the faults. Each check returns sentences; none is good. */

/** Schedules are armed before anything is due, in the same session. */
const ARMING = ["CreateSchedule", "UpdateSchedule", "GetSchedule"];

/** Notice that people get before anything is deleted. */
const NOTICE = 55 * MINUTE;

/** Calls of a cleanup session that change something, successful ones. */
export function deletions(scenario: Scenario): readonly LoggedCall[] {
  return scenario.simulator.log.filter(
    ({ principal, command, outcome }) =>
      principal.includes(":assumed-role/") &&
      outcome === "ok" &&
      !ARMING.includes(command) &&
      !/^(Get|List|Describe|Head)/.test(command),
  );
}

/**
 * The account without one environment, as text. Bookkeeping about it (record, audit, lock, state, notices)
 * is left out, so equal texts mean that nobody else lost or gained anything.
 */
export function bystanders(scenario: Scenario, environment: string): string {
  const { world, names } = scenario;
  const { pk } = registryKey(environment);
  const about = `automock/${environment}/`;
  const hide = (store: string, id: string, item: Table | Bucket | Topic) => {
    if (store === "dynamodb:table") {
      const kept = [...(item as Table).items].filter(
        ([key]) => !key.includes(`"${pk}"`) && !key.includes(about) && !key.includes(`"${WORKER_KEY.pk}"`),
      );
      return { ...item, items: new Map(kept), earlier: new Map() };
    }
    if (store === "s3:bucket" && id === names.stateBucketName) {
      const versions = (item as Bucket).versions.filter(({ key }) => !key.startsWith(about));
      return { ...item, versions };
    }
    return store === "sns:topic" && id === names.topicName ? { ...item, messages: [] } : item;
  };
  return world.snapshotWithout([environment], hide as never);
}

/** Nothing is deleted before expiry, without notice, or against an extension that came in time. */
export function timingFaults(scenario: Scenario, environment: SeededEnvironment): string[] {
  const id = environment.shape.environment;
  const faults: string[] = [];
  const warnings = scenario.notices(id, "warning");
  for (const { at, command } of deletions(scenario)) {
    const inTime = scenario.extensions.filter((extension) => extension.at <= at && !extension.tooLate).at(-1);
    const expiresAt = inTime?.to ?? environment.expiresAt;
    if (at < expiresAt) faults.push(`${command} at ${at - expiresAt} ms, before the expiry`);
    if (!warnings.some((warning) => warning.at <= at - NOTICE))
      faults.push(`${command} without 55 minutes of notice`);
  }
  return [...new Set(faults)];
}

/** A finished environment has left nothing: no resource, no lock, no lease, no schedule, an emptied state. */
export function completionFaults(scenario: Scenario, environment: SeededEnvironment): string[] {
  const { world, names } = scenario;
  const { shape, stateRef, serial, lineage } = environment;
  const id = shape.environment;
  const faults = world.remaining(id).map((what) => `left behind: ${what}`);
  if (!scenario.isDone(id)) faults.push("the record is not finished");

  const bucket = world.buckets.get(stateRef.bucket)!;
  const object = current(bucket, stateRef.key);
  const state = JSON.parse(object?.body ?? "{}") as Record<string, unknown>;
  const facts = {
    serial: state.serial,
    lineage: state.lineage,
    resources: state.resources,
    outputs: state.outputs,
  };
  const wanted = { serial: serial + 1, lineage, resources: [], outputs: {} };
  if (JSON.stringify(facts) !== JSON.stringify(wanted)) faults.push(`the state is ${JSON.stringify(facts)}`);
  if (current(bucket, `${stateRef.key}.tflock`)) faults.push("the lock file is still there");
  if (!current(bucket, `${stateRef.key}.reaped.json`)) faults.push("there is no tombstone of the state");

  const locks = world.tables.get(names.lockTableName)!.items;
  const path = `${stateRef.bucket}/${stateRef.key}`;
  const item = (LockID: string) => locks.get(JSON.stringify([{ S: LockID }, null]));
  if (item(path)) faults.push("the lock item is still there");
  const digest = createHash("md5")
    .update(object?.body ?? "")
    .digest("hex");
  if (item(`${path}-md5`)?.Digest?.S !== digest) faults.push("the digest does not fit the state");

  const left = [...world.tables.get(names.registryTableName)!.items.keys()].filter(
    (key) => key.includes(`"${registryKey(id).pk}"`) && /"(META|RES#)/.test(key),
  );
  if (left.length > 0) faults.push(`the registry still has ${left.join(", ")}`);
  if (scenario.notices(id, "completion").length === 0) faults.push("nobody was told of the completion");
  return faults;
}

/** Everything above, for a run that should have ended. */
export function allFaults(scenario: Scenario, environment: SeededEnvironment, before: string): string[] {
  const id = environment.shape.environment;
  const faults = [...timingFaults(scenario, environment), ...completionFaults(scenario, environment)];
  const after = bystanders(scenario, id);
  if (after !== before) faults.push(...difference(before, after));
  faults.push(...[...new Set(scenario.simulator.gaps)].map((gap) => `not simulated: ${gap}`));
  return faults;
}

function difference(before: string, after: string): string[] {
  const [old, now] = [before, after].map((text) => text.split("\n"));
  const lost = old!.filter((line) => !now!.includes(line)).map((line) => `bystander changed, was: ${line}`);
  return [
    ...lost,
    ...now!.filter((line) => !old!.includes(line)).map((line) => `bystander changed, is: ${line}`),
  ];
}
