import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { GetResourcesCommand } from "@aws-sdk/client-resource-groups-tagging-api";
import { TAG } from "../../contract/tags";
import type { StatusClients } from "./clients";

/** The alarms of a stack: names of those that are not fine. */
export interface Alarms {
  readonly alarm: readonly string[];
  /** In state ALARM to add or remove tasks, which is no trouble: the scale-in alarm is so whenever there is little load. */
  readonly scaling: readonly string[];
  readonly insufficientData: readonly string[];
  /** How many are fine. */
  readonly ok: number;
}

/** Most alarm names of one DescribeAlarms. */
const NAMES_PER_CALL = 100;

/** By tag, not by the start of the name: `automock-demo-` is that of `demo-42`, too. */
export async function alarmsOf(
  { tagging, cloudWatch }: Pick<StatusClients, "tagging" | "cloudWatch">,
  { system, environment }: { readonly system: string; readonly environment: string },
): Promise<Alarms> {
  const names: string[] = [];
  let token: string | undefined;
  do {
    const page = await tagging.send(
      new GetResourcesCommand({
        ResourceTypeFilters: ["cloudwatch:alarm"],
        TagFilters: [
          { Key: TAG.system, Values: [system] },
          { Key: TAG.environment, Values: [environment] },
        ],
        PaginationToken: token,
      }),
    );
    for (const { ResourceARN } of page.ResourceTagMappingList ?? []) {
      const name = ResourceARN?.split(":alarm:")[1];
      if (name !== undefined) names.push(name);
    }
    token = page.PaginationToken || undefined;
  } while (token !== undefined);

  const alarm: string[] = [];
  const scaling: string[] = [];
  const insufficientData: string[] = [];
  let ok = 0;
  for (let i = 0; i < names.length; i += NAMES_PER_CALL) {
    const { MetricAlarms = [], CompositeAlarms = [] } = await cloudWatch.send(
      new DescribeAlarmsCommand({
        AlarmNames: names.slice(i, i + NAMES_PER_CALL),
        AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
        MaxRecords: NAMES_PER_CALL,
      }),
    );
    for (const { AlarmName, StateValue, AlarmActions = [] } of [...MetricAlarms, ...CompositeAlarms]) {
      if (StateValue === "OK") ok++;
      else if (StateValue !== "ALARM") insufficientData.push(AlarmName!);
      else (AlarmActions.some(isScalingPolicy) ? scaling : alarm).push(AlarmName!);
    }
  }
  return { alarm: alarm.sort(), scaling: scaling.sort(), insufficientData: insufficientData.sort(), ok };
}

function isScalingPolicy(arn: string): boolean {
  return /^arn:[^:]+:autoscaling:/.test(arn);
}
