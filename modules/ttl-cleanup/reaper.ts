import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { SchedulerScheduleGroup } from "@cdktf/provider-aws/lib/scheduler-schedule-group";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Construct } from "constructs";
import type { Subscriber } from "../../contract/audience";
import { reaperNames, type ReaperEvent } from "../../contract/reaper";
import { SchedulerRole } from "../iam/scheduler-role";
import { ServiceRole } from "../iam/service-role";
import { NotificationTopic } from "../monitoring/notification-topic";
import { CleanupRole } from "./cleanup-role";
import { ReaperAlarms } from "./reaper-alarms";
import { ReaperFunction, type ReaperCode } from "./reaper-function";
import { STRICTEST, type ReaperLimits } from "./reaper-limits";
import { reaperStatements } from "./reaper-policies";
import { RegistryTable } from "./registry-table";

export interface ReaperProps {
  /** Account whose environments it removes, 12 digits. */
  readonly accountId: string;
  /** Region whose environments it removes. */
  readonly region: string;
  readonly code: ReaperCode;
  /** Days that its log is kept. Default 90. */
  readonly logRetentionDays?: number;
  /** Who receives warnings and reports. @default no one: then nothing is ever deleted */
  readonly subscribers?: readonly Subscriber[];
  /** Aliases of accounts that look like production and are not. @default none */
  readonly accountAliases?: readonly string[];
  /** @default no record may be deleted, and the reserved names are permanent */
  readonly limits?: ReaperLimits;
  /** Addresses that receive the alarms. @default none */
  readonly operators?: readonly string[];
}

/**
 * What removes expired environments, once per account and region: registry, Lambda with an hourly tick, the
 * role that sees and the role that deletes, topics of notices and of alarms, dead-letter queue and alarms.
 *
 * It is not part of any environment, so that it outlives them all: nothing could delete the role it runs with.
 *
 * Cost: about $4 per month: $1 for the key of each topic, $0.10 for each alarm, the rest is metrics; the Lambda itself
 * stays in the free tier.
 */
export class Reaper extends Construct {
  /** Literal, known before the apply. */
  public readonly functionName: string;
  /** Literal, known before the apply. */
  public readonly registryTableName: string;
  /** ARN of the topic of notices (a token). */
  public readonly topicArn: string;
  /** ARN of the topic of alarms (a token). */
  public readonly alarmTopicArn: string;

  constructor(scope: Construct, id: string, props: ReaperProps) {
    super(scope, id);
    const { accountId, region, code, logRetentionDays = 90, limits = STRICTEST } = props;
    const reaper = reaperNames(accountId, region);
    const { names } = reaper;
    this.functionName = reaper.functionName;
    this.registryTableName = reaper.registryTableName;

    const registry = new RegistryTable(this, "registry", { reaper });
    const topic = new NotificationTopic(this, "notifications", { names, subscribers: props.subscribers });
    this.topicArn = topic.topicArn;
    const deadLetters = new SqsQueue(this, "dead-letters", {
      name: reaper.deadLetterQueueName,
      sqsManagedSseEnabled: true,
      messageRetentionSeconds: 14 * 24 * 3600,
      tags: { Name: reaper.deadLetterQueueName },
    });

    const role = new ServiceRole(this, "reaper-role", {
      names,
      purpose: "reaper",
      description:
        "Sees everything, keeps the registry, takes Terraform's locks; of all it sees it ends only admin boxes",
      service: "lambda.amazonaws.com",
      sourceArn: `${reaper.functionArn}*`,
      sourceCheck: "ifSent",
      policies: reaperStatements(reaper, topic.keyArn, limits.permanentNames),
    });
    const cleanup = new CleanupRole(this, "cleanup-role", {
      reaper,
      reaperRoleArn: role.roleArn,
      limits,
    });
    const reaperFunction = new ReaperFunction(this, "function", {
      reaper,
      code,
      roleArn: role.roleArn,
      ready: [...role.ready, ...cleanup.ready, ...topic.ready],
      registryStreamArn: registry.streamArn,
      deadLetterQueueArn: deadLetters.arn,
      logRetentionDays,
      permanentNames: limits.permanentNames,
      accountAliases: props.accountAliases ?? [],
    });
    const schedulerRole = new SchedulerRole(this, "scheduler-role", {
      names,
      functionArns: [reaperFunction.functionArn],
      deadLetterQueueArns: [deadLetters.arn],
    });
    new SchedulerScheduleGroup(this, "schedules", {
      name: reaper.scheduleGroupName,
      tags: { Name: reaper.scheduleGroupName },
    });
    const tick = new SchedulerSchedule(this, "tick", {
      name: names.name("schedule", "tick"),
      description: "Backstop of the exact schedules: repairs clocks, resumes cleanups, sweeps orphans",
      scheduleExpression: "rate(1 hour)",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: reaperFunction.functionArn,
        roleArn: schedulerRole.roleArn,
        input: JSON.stringify({ kind: "tick" } satisfies ReaperEvent),
        deadLetterConfig: { arn: deadLetters.arn },
        // The next tick comes anyway.
        retryPolicy: { maximumEventAgeInSeconds: 1800, maximumRetryAttempts: 10 },
      },
      dependsOn: [...schedulerRole.ready],
    });
    // A topic and key of its own: what keeps notices from being delivered must not keep back the alarm about it.
    const alarmTopic = new NotificationTopic(this, "alarm-topic", {
      names,
      purpose: "alarms",
      subscribers: props.operators?.map((email) => ({ email })),
    });
    this.alarmTopicArn = alarmTopic.topicArn;
    new ReaperAlarms(this, "alarms", { reaper, topicArn: alarmTopic.topicArn, tick });
  }
}
