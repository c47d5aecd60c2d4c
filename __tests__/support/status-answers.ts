import { TargetGroupNotFoundException } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Answers } from "./fake-clients";
import { ACCOUNT, REGION, T0 } from "./reaper-values";

const GROUP = `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:targetgroup/automock-demo-blue-1/abc`;
const alarmArn = (name: string) => `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`;
const scaling = [`arn:aws:autoscaling:${REGION}:${ACCOUNT}:scalingPolicy:1:resource/ecs/x`];

/** What AWS says of a stack in the middle of a rollout, in two pages where it pages. */
export const ANSWERS = {
  DescribeClusters: () => ({ clusters: [{ status: "ACTIVE" }] }),
  ListServices: ({ nextToken }: { nextToken?: string }) =>
    nextToken ? { serviceArns: ["arn:old"] } : { serviceArns: ["arn:service"], nextToken: "more" },
  DescribeServices: () => ({
    services: [
      {
        serviceName: "automock-demo-mockserver",
        status: "ACTIVE",
        runningCount: 3,
        desiredCount: 4,
        pendingCount: 1,
        loadBalancers: [
          {
            targetGroupArn: GROUP,
            advancedConfiguration: { alternateTargetGroupArn: GROUP.replace("blue", "green") },
          },
        ],
        deployments: [
          {
            status: "PRIMARY",
            rolloutState: "IN_PROGRESS",
            rolloutStateReason: "two of four",
            taskDefinition: `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/automock-demo-mockserver:8`,
            runningCount: 2,
            desiredCount: 4,
            failedTasks: 2,
          },
          {
            status: "ACTIVE",
            rolloutState: "COMPLETED",
            rolloutStateReason: "done",
            taskDefinition: `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/automock-demo-mockserver:7`,
            runningCount: 1,
            desiredCount: 4,
            failedTasks: 0,
          },
        ],
      },
      { serviceName: "removed", status: "INACTIVE" },
    ],
  }),
  DescribeTargetHealth: ({ TargetGroupArn }: { TargetGroupArn: string }) => {
    if (TargetGroupArn.includes("green")) {
      throw new TargetGroupNotFoundException({ message: "none", $metadata: {} });
    }
    const target = (Id: string, State: string, Reason?: string, Description?: string) => ({
      Target: { Id, Port: 1080 },
      TargetHealth: { State, Reason, Description },
    });
    return {
      TargetHealthDescriptions: [
        target("10.0.0.1", "healthy"),
        target("10.0.0.4", "unhealthy", "Target.Timeout", "Request timed out"),
        target("10.0.0.2", "healthy"),
        target("10.0.0.3", "draining"),
      ],
    };
  },
  DescribeScalableTargets: () => ({ ScalableTargets: [{ MinCapacity: 2, MaxCapacity: 20 }] }),
  DescribeScalingActivities: () => ({
    ScalingActivities: [
      {
        StartTime: new Date(T0),
        StatusCode: "Successful",
        Description: "Setting desired count to 4.",
        Cause: "alarm cpu",
      },
    ],
  }),
  GetResources: ({ PaginationToken }: { PaginationToken?: string }) => ({
    ResourceTagMappingList: (PaginationToken ? ["d", "e"] : ["b", "a", "c"]).map((name) => ({
      ResourceARN: alarmArn(name),
    })),
    PaginationToken: PaginationToken ? "" : "more",
  }),
  DescribeAlarms: () => ({
    MetricAlarms: [
      { AlarmName: "b", StateValue: "ALARM", AlarmActions: ["arn:aws:sns:x"] },
      { AlarmName: "a", StateValue: "ALARM" },
      { AlarmName: "c", StateValue: "INSUFFICIENT_DATA" },
      { AlarmName: "d", StateValue: "ALARM", AlarmActions: scaling },
    ],
    CompositeAlarms: [{ AlarmName: "e", StateValue: "OK" }],
  }),
} satisfies Answers;
