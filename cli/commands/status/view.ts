import { foreignPrices } from "../../../contract/prices";
import { usd } from "../../../contract/dollars";
import { deletionText } from "../../deletion-mode";
import type { Colors } from "../../output";
import type { ScalingActivity } from "../../../operations/status/scaling";
import type { DeploymentStatus, TargetGroupStatus } from "../../../operations/status/services";
import type { StackStatus } from "../../../operations/status/status";
import { ageText, timeLeft, type Terms } from "../../../operations/leases/terms";

const ACTIVITY_LINES = 3;

/** The status as text. Words repeat what colours show. */
export function statusText(status: StackStatus, colors: Colors): string {
  const { stack, accountId, region, at, deployed, services, timeToLive, recordFaults, deletionEnabled } =
    status;
  const lines = [`${colors.bold(stack)}  account ${accountId}, ${region}, ${at.slice(0, 19)}Z`];
  const row = (name: string, ...texts: readonly string[]) =>
    texts.forEach((text, i) => lines.push(`  ${(i === 0 ? name : "").padEnd(13)}${text}`));

  if (!deployed) row("state", `${colors.yellow("not deployed")}: its cluster does not exist`);
  else if (services.length === 0) row("state", colors.red("the cluster has no service"));
  for (const service of services) {
    if (services.length > 1) lines.push(service.service);
    const { running, desired, pending, minTasks, maxTasks } = service;
    const count = `${running} of ${desired} running${pending > 0 ? `, ${pending} pending` : ""}`;
    const range = minTasks === undefined ? "no auto scaling" : `scales from ${minTasks} to ${maxTasks}`;
    row("tasks", `${running < desired ? colors.yellow(count) : colors.green(count)} (${range})`);
    row("deployment", ...service.deployments.map((deployment) => deploymentText(deployment, colors)));
    row("targets", ...service.targetGroups.flatMap((group) => targetLines(group, colors)));
    const { scalingActivities } = service;
    row("scaling", ...(scalingActivities.length === 0 ? ["no activity"] : activityLines(scalingActivities)));
  }
  if (deployed) row("alarms", ...alarmLines(status, colors));
  if (timeToLive) row("time to live", ...lifeLines(timeToLive, region, colors));
  if (deletionEnabled !== undefined) row("", deletionText(deletionEnabled));
  if (recordFaults) {
    row("time to live", colors.red("the record in the registry is invalid, so the reaper skips it:"));
    row("", ...recordFaults);
  }
  return lines.join("\n");
}

function deploymentText(deployment: DeploymentStatus, colors: Colors): string {
  const { status, rolloutState, reason, taskDefinition, running, desired, failedTasks } = deployment;
  const paint = { COMPLETED: colors.green, FAILED: colors.red }[rolloutState] ?? colors.yellow;
  const details = [
    taskDefinition,
    `${running} of ${desired} running`,
    ...(failedTasks > 0 ? [colors.red(`${failedTasks} failed to start`)] : []),
    // On success, the reason only repeats the state.
    ...(reason !== undefined && rolloutState !== "COMPLETED" ? [reason] : []),
  ];
  return `${status} ${paint(rolloutState)}: ${details.join(", ")}`;
}

function targetLines({ name, targets, notHealthy }: TargetGroupStatus, colors: Colors): string[] {
  const counts = Object.entries(targets)
    .sort(([a], [b]) => (a === "healthy" ? -1 : b === "healthy" ? 1 : a < b ? -1 : 1))
    .map(([state, count]) => {
      const text = `${count} ${state}`;
      return state === "healthy" ? colors.green(text) : state === "unhealthy" ? colors.red(text) : text;
    });
  return [
    `${counts.length === 0 ? "none registered" : counts.join(", ")} (${name})`,
    ...notHealthy.map(
      ({ target, state, reason }) => `  ${target} ${state}${reason === undefined ? "" : `: ${reason}`}`,
    ),
  ];
}

function activityLines(activities: readonly ScalingActivity[]): string[] {
  return activities
    .slice(0, ACTIVITY_LINES)
    .map(({ at, status, description }) => `${at.slice(0, 19)}Z ${status}: ${description}`);
}

function alarmLines({ alarms }: StackStatus, colors: Colors): string[] {
  const { alarm, scaling, insufficientData, ok } = alarms;
  const counts = [
    alarm.length > 0 ? colors.red(`${alarm.length} in ALARM`) : "0 in ALARM",
    `${insufficientData.length} without enough data`,
    `${ok} OK`,
    ...(scaling.length > 0 ? [`${scaling.length} scaling`] : []),
  ];
  return [
    counts.join(", "),
    ...alarm.map((name) => `  ${colors.red("ALARM")} ${name}`),
    ...insufficientData.map((name) => `  no data: ${name}`),
    ...scaling.map((name) => `  scaling: ${name}`),
  ];
}

function lifeLines(terms: Terms, region: string, colors: Colors): string[] {
  const { expiresAt, phase, owner, minutesLeft, usdHourly, usdSoFar, atLeast, warnFault, lastError } = terms;
  const left = timeLeft(terms);
  const paint = minutesLeft < 0 ? colors.red : minutesLeft < 60 ? colors.yellow : colors.green;
  return [
    terms.protected
      ? `protected: not deleted, although ${minutesLeft < 0 ? `it ${left}` : `it expires at ${expiresAt}`}`
      : `${paint(left)}, until ${expiresAt}`,
    `phase ${phase}, owner ${owner}, ${ageText(terms)} old`,
    ...(usdHourly === undefined || usdSoFar === undefined
      ? []
      : [
          `${atLeast ? "at least" : "about"} ${usd(usdSoFar)} so far, ${usd(usdHourly.expected, 4)} per hour (an estimate at the minimum number of tasks${foreignPrices([region])})`,
        ]),
    ...(warnFault === undefined ? [] : [colors.red(`not deleted: ${warnFault}`)]),
    ...(lastError === undefined ? [] : [colors.red(`the last attempt to delete it failed: ${lastError}`)]),
  ];
}
