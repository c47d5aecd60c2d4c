import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import {
  SnsTopicSubscription,
  type SnsTopicSubscriptionConfig,
} from "@cdktf/provider-aws/lib/sns-topic-subscription";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Subscriber } from "../../contract/audience";
import type { Names } from "../../contract/names";
import { CustomerKey } from "../shared/customer-key";
import { policyDocument, type PolicyStatement } from "../shared/policy-document";

export interface NotificationTopicProps {
  readonly names: Names;
  /** Last part of the topic's name. @default "notifications" */
  readonly purpose?: string;
  /** Email addresses of subscribers; each must confirm the subscription. @default none */
  readonly emails?: readonly string[];
  /** Email addresses with an optional filter policy. @default none */
  readonly subscribers?: readonly Subscriber[];
  /**
   * HTTPS endpoints by a stable key that is part of the Terraform address. An endpoint must confirm the
   * subscription itself, or the apply fails. The URLs are stored in the state, so they must not contain secrets.
   *
   * @default none
   */
  readonly webhooks?: Readonly<Record<string, string>>;
}

/**
 * An encrypted SNS topic. CloudWatch alarms, EventBridge rules and roles of this account can publish to it.
 *
 * It has a customer managed key, because the policy of AWS's key does not let CloudWatch use it, so alarms would be
 * lost (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html). A role that publishes needs `sns:Publish`
 * on the topic, and `kms:Decrypt` and `kms:GenerateDataKey` on `keyArn`.
 *
 * An email subscription is pending until it is confirmed. Terraform cannot delete a pending one; AWS does so after some
 * days.
 *
 * Cost: $1 per month for the key; the first 1,000 emails and 100,000 HTTPS deliveries per month are free
 * (https://aws.amazon.com/sns/pricing/).
 */
export class NotificationTopic extends Construct {
  /** Literal, known before the apply. */
  public readonly topicName: string;
  /** ARN (a token). */
  public readonly topicArn: string;
  /** ARN of the key (a token). */
  public readonly keyArn: string;
  /** The topic's policy. Publishers must wait for it. */
  public readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: NotificationTopicProps) {
    super(scope, id);
    const { names, purpose = "notifications", emails = [], subscribers = [], webhooks = {} } = props;
    this.topicName = names.name("topic", purpose);
    const key = new CustomerKey(this, "key", {
      names,
      purpose,
      description: `Messages of the topic ${this.topicName}`,
      statements: keyStatements(names),
    });
    const topic = new SnsTopic(this, "topic", {
      name: this.topicName,
      kmsMasterKeyId: key.keyArn,
      tags: { Name: this.topicName },
    });
    const policy = new SnsTopicPolicy(this, "policy", {
      arn: topic.arn,
      policy: policyDocument(topicStatements(names, names.arn("sns", this.topicName))),
    });
    const subscribe = (kind: Construct, subscriber: string, endpoint: Endpoint): void => {
      new SnsTopicSubscription(kind, subscriber, { topicArn: topic.arn, ...endpoint });
    };
    const email = new Construct(this, "email");
    for (const address of emails) subscribe(email, address, { protocol: "email", endpoint: address });
    for (const { email: endpoint, filterPolicy } of subscribers) {
      const filter = filterPolicy && { filterPolicy: JSON.stringify(filterPolicy) };
      subscribe(email, endpoint, { protocol: "email", endpoint, ...filter });
    }
    const webhook = new Construct(this, "webhook");
    for (const [subscriber, endpoint] of Object.entries(webhooks))
      subscribe(webhook, subscriber, { protocol: "https", endpoint, endpointAutoConfirms: true });

    this.topicArn = topic.arn;
    this.keyArn = key.keyArn;
    this.ready = [policy];
  }
}

type Endpoint = Pick<
  SnsTopicSubscriptionConfig,
  "protocol" | "endpoint" | "endpointAutoConfirms" | "filterPolicy"
>;

/**
 * The services that encrypt messages. EventBridge gets no condition: it does not send `aws:SourceAccount` or
 * `aws:SourceArn` to KMS, and its messages would be lost
 * (https://repost.aws/knowledge-center/sns-not-getting-eventbridge-notification).
 */
function keyStatements(names: Names): readonly PolicyStatement[] {
  const use = { actions: ["kms:Decrypt", "kms:GenerateDataKey*"], resources: ["*"] };
  return [
    {
      sid: "AlarmsEncrypt",
      ...use,
      principals: { Service: ["cloudwatch.amazonaws.com"] },
      conditions: { StringEquals: { "aws:SourceAccount": [names.accountId] } },
    },
    { sid: "EventsEncrypt", ...use, principals: { Service: ["events.amazonaws.com"] } },
  ];
}

/**
 * Who may publish. Roles of the account need no statement here; their own policies are enough. EventBridge
 * does not support a condition here either (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html).
 */
function topicStatements(names: Names, topicArn: string): readonly PolicyStatement[] {
  const publish = { actions: ["sns:Publish"], resources: [topicArn] };
  return [
    {
      sid: "AlarmsPublish",
      ...publish,
      principals: { Service: ["cloudwatch.amazonaws.com"] },
      conditions: {
        StringEquals: { "aws:SourceAccount": [names.accountId] },
        ArnLike: { "aws:SourceArn": [names.arn("cloudwatch", "alarm:*")] },
      },
    },
    { sid: "EventsPublish", ...publish, principals: { Service: ["events.amazonaws.com"] } },
    {
      sid: "DenyWithoutTls",
      effect: "Deny",
      ...publish,
      principals: { AWS: ["*"] },
      conditions: { Bool: { "aws:SecureTransport": ["false"] } },
    },
  ];
}
