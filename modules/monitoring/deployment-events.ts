import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import type { NotificationTopic } from "./notification-topic";

export interface DeploymentEventsProps {
  readonly names: Names;
  /** ARN of the ECS service (a token). */
  readonly serviceArn: string;
  readonly topic: NotificationTopic;
}

/**
 * Sends a message to the topic when a deployment fails because the circuit breaker or an alarm stopped it.
 * Free of charge.
 *
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
 */
export class DeploymentEvents extends Construct {
  constructor(scope: Construct, id: string, { names, serviceArn, topic }: DeploymentEventsProps) {
    super(scope, id);
    const name = names.name("eventRule", "deployment-failed");
    const rule = new CloudwatchEventRule(this, "rule", {
      name,
      description: "A deployment has failed",
      eventPattern: JSON.stringify({
        source: ["aws.ecs"],
        "detail-type": ["ECS Deployment State Change"],
        resources: [serviceArn],
        detail: { eventName: ["SERVICE_DEPLOYMENT_FAILED"] },
      }),
      tags: { Name: name },
    });
    new CloudwatchEventTarget(this, "target", {
      rule: rule.name,
      targetId: "notifications",
      arn: topic.topicArn,
      dependsOn: [...topic.ready],
    });
  }
}
