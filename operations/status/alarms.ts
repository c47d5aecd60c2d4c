import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { GetResourcesCommand } from "@aws-sdk/client-resource-groups-tagging-api";
import { TAG } from "../../contract/tags";
import type { StatusClients } from "./clients";

/** The alarms of a stack; names of all that are not OK. */
export interface Alarms {
  readonly alarm: readonly string[];
  /** In state ALARM to scale, which is normal: the scale-in alarm is in ALARM whenever there is little load. */
  readonly scaling: readonly string[];
  readonly insufficientData: readonly string[];
  /** How many are OK. */
  readonly ok: number;
}

/** Maximum number of alarm names per DescribeAlarms call. */
const NAMES_PER_CALL = 100;

/** Finds alarms by tag, not by name prefix: `automock-demo-` is also a prefix for `demo-42`. */
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
