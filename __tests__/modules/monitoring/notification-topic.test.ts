import {
  NotificationTopic,
  type NotificationTopicProps,
} from "../../../modules/monitoring/notification-topic";
import { argumentsOf } from "../../support/arguments-of";
import { testNames } from "../../support/names";
import { Template } from "../../support/template";

const synth = (props: Partial<NotificationTopicProps> = {}) =>
  Template.of((stack) => {
    new NotificationTopic(stack, "topic", { names: testNames, ...props });
  });

const TOPIC_ARN = "arn:aws:sns:us-east-1:111122223333:automock-test-notifications";

describe("notification topic", () => {
  const template = synth({
    emails: ["a@example.com", "b@example.com"],
    webhooks: { chat: "https://chat.example.com/hook" },
  });

  it("creates a key, an alias, a topic, its policy and the subscriptions", () => {
    expect(template.counts()).toEqual({
      aws_kms_alias: 1,
      aws_kms_key: 1,
      aws_sns_topic: 1,
      aws_sns_topic_policy: 1,
      aws_sns_topic_subscription: 3,
    });
    expect(synth().counts()).toEqual({
      aws_kms_alias: 1,
      aws_kms_key: 1,
      aws_sns_topic: 1,
      aws_sns_topic_policy: 1,
    });
  });

  it("uses its own key, which CloudWatch can use for this account and EventBridge without a condition", () => {
    expect(argumentsOf(template.sole("aws_sns_topic"))).toEqual({
      name: "automock-test-notifications",
      kms_master_key_id: "${aws_kms_key.topic_key_626989E4.arn}",
      tags: { Name: "automock-test-notifications" },
    });
    const { policy, ...key } = argumentsOf(template.sole("aws_kms_key"));
    expect(key).toEqual({
      description: "Messages of the topic automock-test-notifications",
      enable_key_rotation: true,
      deletion_window_in_days: 30,
      tags: { Name: "automock-test-notifications" },
    });
    const use = { Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey*"], Resource: ["*"] };
    expect(JSON.parse(policy as string)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "RightsByIam",
          Effect: "Allow",
          Principal: { AWS: ["arn:aws:iam::111122223333:root"] },
          Action: ["kms:*"],
          Resource: ["*"],
        },
        {
          Sid: "AlarmsEncrypt",
          ...use,
          Principal: { Service: ["cloudwatch.amazonaws.com"] },
          Condition: { StringEquals: { "aws:SourceAccount": ["111122223333"] } },
        },
        { Sid: "EventsEncrypt", ...use, Principal: { Service: ["events.amazonaws.com"] } },
      ],
    });
    expect(argumentsOf(template.sole("aws_kms_alias"))).toEqual({
      name: "alias/automock-test-notifications",
      target_key_id: "${aws_kms_key.topic_key_626989E4.key_id}",
    });
  });

  it("lets the account's alarms and EventBridge publish, and denies requests without TLS", () => {
    const { arn, policy } = argumentsOf(template.sole("aws_sns_topic_policy"));
    expect(arn).toBe("${aws_sns_topic.topic_8AEA7A18.arn}");
    const publish = { Action: ["sns:Publish"], Resource: [TOPIC_ARN] };
    expect(JSON.parse(policy as string).Statement).toEqual([
      {
        Sid: "AlarmsPublish",
        Effect: "Allow",
        ...publish,
        Principal: { Service: ["cloudwatch.amazonaws.com"] },
        Condition: {
          ArnLike: { "aws:SourceArn": ["arn:aws:cloudwatch:us-east-1:111122223333:alarm:*"] },
          StringEquals: { "aws:SourceAccount": ["111122223333"] },
        },
      },
      {
        Sid: "EventsPublish",
        Effect: "Allow",
        ...publish,
        Principal: { Service: ["events.amazonaws.com"] },
      },
      {
        Sid: "DenyWithoutTls",
        Effect: "Deny",
        ...publish,
        Principal: { AWS: ["*"] },
        Condition: { Bool: { "aws:SecureTransport": ["false"] } },
      },
    ]);
  });

  it("subscribes every address and endpoint under its own key", () => {
    const endpoints = template
      .all("aws_sns_topic_subscription")
      .map((subscription) => argumentsOf(subscription, "topic_arn"));
    expect(endpoints).toEqual([
      { protocol: "email", endpoint: "a@example.com" },
      { protocol: "email", endpoint: "b@example.com" },
      { protocol: "https", endpoint: "https://chat.example.com/hook", endpoint_auto_confirms: true },
    ]);
    const alone = synth({ emails: ["b@example.com"] });
    expect(template.addresses()).toEqual(expect.arrayContaining([...alone.addresses()]));
  });

  it("is named after its purpose and is ready once its policy exists", () => {
    let topic: NotificationTopic | undefined;
    Template.of((stack) => {
      topic = new NotificationTopic(stack, "topic", { names: testNames, purpose: "ops" });
    });
    expect(topic?.topicName).toBe("automock-test-ops");
    expect(topic?.ready).toHaveLength(1);
  });
});
