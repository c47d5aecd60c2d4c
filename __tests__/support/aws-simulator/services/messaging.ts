import type * as events from "@aws-sdk/client-eventbridge";
import type * as sns from "@aws-sdk/client-sns";
import type * as sqs from "@aws-sdk/client-sqs";
import { anywhere, operation, type Operations } from "../kernel/call";
import { AwsError } from "../kernel/errors";
import { pageOf } from "../kernel/paging";
import { tagList } from "../world/entity";
import type { EventRule, Queue, Topic } from "../world/platform";
import type { World } from "../world/world";

const topicOf = (world: World, arn: string | undefined): Topic => {
  const topic = world.topics.where((t) => t.arn === arn)[0];
  if (!topic) throw new AwsError("NotFoundException", "Topic does not exist", 404);
  return topic;
};

export const SNS: Operations = {
  ListTopics: operation<sns.ListTopicsCommandInput, sns.ListTopicsCommandOutput>(
    anywhere("sns:ListTopics"),
    (input, { world }) => {
      const { items, next } = pageOf(world, world.topics.all(), (t) => t.id, input.NextToken);
      return { Topics: items.map((t) => ({ TopicArn: t.arn })), NextToken: next };
    },
  ),
  GetTopicAttributes: operation<sns.GetTopicAttributesCommandInput, sns.GetTopicAttributesCommandOutput>(
    (input) => ({ action: "sns:GetTopicAttributes", resource: input.TopicArn ?? "*" }),
    (input, { world }) => ({ Attributes: { TopicArn: topicOf(world, input.TopicArn).arn } }),
  ),
  ListTagsForResource: operation<sns.ListTagsForResourceCommandInput, sns.ListTagsForResourceCommandOutput>(
    (input) => ({ action: "sns:ListTagsForResource", resource: input.ResourceArn ?? "*" }),
    (input, { world }) => {
      const topic = world.topics.where((t) => t.arn === input.ResourceArn)[0];
      if (!topic) throw new AwsError("ResourceNotFoundException", "Resource does not exist", 404);
      return { Tags: tagList(topic.tags) };
    },
  ),
  ListSubscriptionsByTopic: operation<
    sns.ListSubscriptionsByTopicCommandInput,
    sns.ListSubscriptionsByTopicCommandOutput
  >(
    (input) => ({ action: "sns:ListSubscriptionsByTopic", resource: input.TopicArn ?? "*" }),
    (input, { world }) => {
      const { subscriptions } = topicOf(world, input.TopicArn);
      const { items, next } = pageOf(world, subscriptions, ({ arn }) => arn, input.NextToken);
      return {
        Subscriptions: items.map(({ arn }) => ({ SubscriptionArn: arn, Endpoint: arn, Protocol: "email" })),
        NextToken: next,
      };
    },
  ),
  GetSubscriptionAttributes: operation<
    sns.GetSubscriptionAttributesCommandInput,
    sns.GetSubscriptionAttributesCommandOutput
  >(
    // The topic, not the subscription, is the resource that IAM looks at.
    (input) => ({
      action: "sns:GetSubscriptionAttributes",
      resource: input.SubscriptionArn?.split(":").slice(0, 6).join(":") ?? "*",
    }),
    (input, { world }) => {
      const found = world.topics
        .all()
        .flatMap(({ subscriptions }) => subscriptions)
        .find(({ arn }) => arn === input.SubscriptionArn);
      if (!found) throw new AwsError("NotFoundException", "Subscription does not exist", 404);
      const { filterPolicy } = found;
      return {
        Attributes: {
          PendingConfirmation: "false",
          ...(filterPolicy !== undefined && { FilterPolicy: filterPolicy }),
        },
      };
    },
  ),
  DeleteTopic: operation<sns.DeleteTopicCommandInput, sns.DeleteTopicCommandOutput>(
    (input, world) => ({
      action: "sns:DeleteTopic",
      resource: input.TopicArn ?? "*",
      tags: world.topics.where((t) => t.arn === input.TopicArn)[0]?.tags ?? {},
    }),
    (input, { world }) => {
      const topic = world.topics.where((t) => t.arn === input.TopicArn)[0];
      if (topic) world.topics.delete(topic.id); // deleting twice succeeds
      return {};
    },
  ),
  Publish: operation<sns.PublishCommandInput, sns.PublishCommandOutput>(
    (input) => ({ action: "sns:Publish", resource: input.TopicArn ?? "*" }),
    (input, { world, now }) => {
      const topic = topicOf(world, input.TopicArn);
      if ((input.Subject ?? "").length > 100)
        throw new AwsError("InvalidParameterException", "Invalid parameter: Subject");
      const attributes = Object.entries(input.MessageAttributes ?? {}).map(([key, value]) => [
        key,
        value.StringValue,
      ]);
      topic.messages.push({
        at: now,
        subject: input.Subject ?? "",
        message: input.Message ?? "",
        attributes: Object.fromEntries(attributes),
      });
      return { MessageId: world.newHex(8) };
    },
  ),
};

const queueMissing = () => new AwsError("QueueDoesNotExist", "The specified queue does not exist.");

function queueOf(world: World, url: string | undefined): Queue {
  const queue = world.queues.where((q) => q.url === url)[0];
  if (!queue) throw queueMissing();
  return queue;
}

const queueNeed = (action: string) => (input: { QueueUrl?: string | undefined }, world: World) => {
  const queue = world.queues.where((q) => q.url === input.QueueUrl)[0];
  return { action: `sqs:${action}`, resource: queue?.arn ?? "*", tags: queue?.tags ?? {} };
};

export const SQS: Operations = {
  ListQueues: operation<sqs.ListQueuesCommandInput, sqs.ListQueuesCommandOutput>(
    anywhere("sqs:ListQueues"),
    (input, { world }) => {
      const found = world.queues.where((q) => q.name.startsWith(input.QueueNamePrefix ?? ""));
      if (input.MaxResults === undefined && input.NextToken === undefined)
        return { QueueUrls: found.map((q) => q.url) };
      const { items, next } = pageOf(world, found, (q) => q.id, input.NextToken, input.MaxResults);
      return { QueueUrls: items.map((q) => q.url), NextToken: next };
    },
  ),
  GetQueueUrl: operation<sqs.GetQueueUrlCommandInput, sqs.GetQueueUrlCommandOutput>(
    (input, world) => ({ action: "sqs:GetQueueUrl", resource: world.arn("sqs", input.QueueName ?? "") }),
    (input, { world }) => {
      const queue = world.queues.where((q) => q.name === input.QueueName)[0];
      if (!queue) throw queueMissing();
      return { QueueUrl: queue.url };
    },
  ),
  GetQueueAttributes: operation<sqs.GetQueueAttributesCommandInput, sqs.GetQueueAttributesCommandOutput>(
    queueNeed("GetQueueAttributes"),
    (input, { world }) => ({ Attributes: { QueueArn: queueOf(world, input.QueueUrl).arn } }),
  ),
  ListQueueTags: operation<sqs.ListQueueTagsCommandInput, sqs.ListQueueTagsCommandOutput>(
    queueNeed("ListQueueTags"),
    (input, { world }) => ({ Tags: { ...queueOf(world, input.QueueUrl).tags } }),
  ),
  DeleteQueue: operation<sqs.DeleteQueueCommandInput, sqs.DeleteQueueCommandOutput>(
    queueNeed("DeleteQueue"),
    (input, { world }) => {
      world.queues.delete(queueOf(world, input.QueueUrl).id);
      return {};
    },
  ),
};

const ruleNeed = (action: string, world: World, name: string | undefined) => ({
  action: `events:${action}`,
  resource: world.arn("events", `rule/${name}`),
  tags: world.eventRules.get(name)?.tags ?? {},
});

function ruleOf(world: World, name: string | undefined): EventRule {
  const rule = world.eventRules.get(name);
  if (!rule)
    throw new AwsError("ResourceNotFoundException", `Rule ${name} does not exist on EventBus default.`);
  return rule;
}

export const EVENTBRIDGE: Operations = {
  ListRules: operation<events.ListRulesCommandInput, events.ListRulesCommandOutput>(
    anywhere("events:ListRules"),
    (input, { world }) => {
      const found = world.eventRules.where((r) => r.name.startsWith(input.NamePrefix ?? ""));
      const { items, next } = pageOf(world, found, (r) => r.id, input.NextToken, input.Limit);
      return {
        Rules: items.map((r) => ({ Name: r.name, Arn: r.arn, EventBusName: "default" })),
        NextToken: next,
      };
    },
  ),
  ListEventBuses: operation<events.ListEventBusesCommandInput, events.ListEventBusesCommandOutput>(
    anywhere("events:ListEventBuses"),
    (_input, { world }) => ({
      EventBuses: [{ Name: "default", Arn: world.arn("events", "event-bus/default") }],
    }),
  ),
  DescribeRule: operation<events.DescribeRuleCommandInput, events.DescribeRuleCommandOutput>(
    (input, world) => ruleNeed("DescribeRule", world, input.Name),
    (input, { world }) => ({ Name: ruleOf(world, input.Name).name, Arn: ruleOf(world, input.Name).arn }),
  ),
  ListTargetsByRule: operation<events.ListTargetsByRuleCommandInput, events.ListTargetsByRuleCommandOutput>(
    (input, world) => ruleNeed("ListTargetsByRule", world, input.Rule),
    (input, { world }) => {
      const { targets } = ruleOf(world, input.Rule);
      const { items, next } = pageOf(world, targets, (id) => id, input.NextToken, input.Limit);
      return { Targets: items.map((Id) => ({ Id, Arn: "" })), NextToken: next };
    },
  ),
  ListTagsForResource: operation<
    events.ListTagsForResourceCommandInput,
    events.ListTagsForResourceCommandOutput
  >(
    (input) => ({ action: "events:ListTagsForResource", resource: input.ResourceARN ?? "*" }),
    (input, { world }) => {
      const rule = world.eventRules.where((r) => r.arn === input.ResourceARN)[0];
      return { Tags: tagList(ruleOf(world, rule?.name ?? input.ResourceARN).tags) };
    },
  ),
  RemoveTargets: operation<events.RemoveTargetsCommandInput, events.RemoveTargetsCommandOutput>(
    (input, world) => ruleNeed("RemoveTargets", world, input.Rule),
    (input, { world, random, partialFailure }) => {
      const rule = ruleOf(world, input.Rule);
      const failed = (input.Ids ?? []).filter(() => random.chance(partialFailure));
      rule.targets = rule.targets.filter((id) => failed.includes(id) || !input.Ids?.includes(id));
      return {
        FailedEntryCount: failed.length,
        FailedEntries: failed.map((TargetId) => ({ TargetId, ErrorCode: "ConcurrentModificationException" })),
      };
    },
  ),
  DeleteRule: operation<events.DeleteRuleCommandInput, events.DeleteRuleCommandOutput>(
    (input, world) => ruleNeed("DeleteRule", world, input.Name),
    (input, { world }) => {
      const rule = world.eventRules.get(input.Name);
      if (!rule) return {}; // deleting twice succeeds
      if (rule.targets.length > 0) {
        throw new AwsError("ValidationException", "Rule can't be deleted since it has targets.");
      }
      world.eventRules.delete(rule.id);
      return {};
    },
  ),
};
