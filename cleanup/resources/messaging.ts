import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  ListRulesCommand,
  ListTagsForResourceCommand as ListRuleTagsCommand,
  ListTargetsByRuleCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import {
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListTopicsCommand,
  ListTagsForResourceCommand as ListTopicTagsCommand,
} from "@aws-sdk/client-sns";
import {
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
} from "@aws-sdk/client-sqs";
import { PartialFailure, unlessNotFound } from "../aws/errors";
import { allPages, chunks } from "../aws/pages";
import { namedHandler, type Listed } from "./named";
import { GONE, hintsOf, lastPart, tagsFrom, type HandlerFactory } from "./shared";

/** Topics, queues, event rules. */
export const messaging: HandlerFactory = ({ read, write }) => {
  /** Subscriptions go with their topic. */
  const topic = namedHandler({
    type: "sns:topic",
    layer: "workload",
    async all() {
      const topics = await allPages(async (NextToken) => {
        const page = await read.sns.send(new ListTopicsCommand({ NextToken }));
        return { items: page.Topics, next: page.NextToken };
      });
      return topics.map(({ TopicArn: arn }) => ({ id: arn!, arn, name: lastPart(arn!) }));
    },
    tags: async ({ arn }) =>
      tagsFrom((await read.sns.send(new ListTopicTagsCommand({ ResourceArn: arn }))).Tags),
    async look({ id }) {
      const found = await unlessNotFound(() =>
        read.sns.send(new GetTopicAttributesCommand({ TopicArn: id })),
      );
      return found ? "present" : "absent";
    },
    async remove({ id }) {
      await write.sns.send(new DeleteTopicCommand({ TopicArn: id }));
      return GONE;
    },
  });

  const queue = namedHandler({
    type: "sqs:queue",
    layer: "workload",
    async all(env) {
      const urls = await allPages(async (NextToken) => {
        const page = await read.sqs.send(new ListQueuesCommand({ MaxResults: 1000, NextToken }));
        return { items: page.QueueUrls, next: page.NextToken };
      });
      const hints = hintsOf(env, "sqs:queue");
      return urls.map((url): Listed => {
        const name = lastPart(url);
        return {
          id: url,
          arn: hints.find((hint) => hint.startsWith("arn:") && lastPart(hint) === name),
          name,
        };
      });
    },
    tags: async ({ id }) => (await read.sqs.send(new ListQueueTagsCommand({ QueueUrl: id }))).Tags ?? {},
    async look({ id }) {
      const found = await unlessNotFound(() =>
        read.sqs.send(new GetQueueAttributesCommand({ QueueUrl: id })),
      );
      return found ? "present" : "absent";
    },
    async remove({ id }) {
      await write.sqs.send(new DeleteQueueCommand({ QueueUrl: id }));
      return GONE;
    },
  });

  /** A rule's id is its name, behind `<bus>/` on any bus but the default one: as Terraform writes it. */
  const ruleOf = (id: string) => {
    const [name, bus] = id.split("/").reverse();
    return { Name: name!, EventBusName: bus ?? "default" };
  };
  const rule = namedHandler({
    type: "events:rule",
    layer: "workload",
    async all(env) {
      // Other buses only where the state names a rule on one.
      const buses = hintsOf(env, "events:rule").filter((hint) => !hint.startsWith("arn:"));
      const names = new Set(["default", ...buses.map((id) => ruleOf(id).EventBusName)]);
      const rules: Listed[] = [];
      for (const EventBusName of names) {
        const some = await allPages(async (NextToken) => {
          const page = await read.events.send(new ListRulesCommand({ EventBusName, NextToken }));
          return { items: page.Rules, next: page.NextToken };
        });
        for (const { Name: name, Arn: arn, ManagedBy } of some) {
          const id = EventBusName === "default" ? name! : `${EventBusName}/${name}`;
          rules.push({ id, arn, name, ...(ManagedBy && { builtIn: `rule managed by ${ManagedBy}` }) });
        }
      }
      return rules;
    },
    tags: async ({ arn }) =>
      tagsFrom((await read.events.send(new ListRuleTagsCommand({ ResourceARN: arn }))).Tags),
    async look({ id }) {
      const found = await unlessNotFound(() => read.events.send(new DescribeRuleCommand(ruleOf(id))));
      return found ? "present" : "absent";
    },
    async prepare({ id }) {
      const { Name: Rule, EventBusName } = ruleOf(id);
      const targets = await allPages(async (NextToken) => {
        const page = await read.events.send(new ListTargetsByRuleCommand({ Rule, EventBusName, NextToken }));
        return { items: page.Targets, next: page.NextToken };
      });
      for (const some of chunks(targets, 100)) {
        const Ids = some.map((target) => target.Id!);
        const answer = await write.events.send(new RemoveTargetsCommand({ Rule, EventBusName, Ids }));
        const failed = answer.FailedEntryCount ? answer.FailedEntries?.[0] : undefined;
        if (failed)
          throw new PartialFailure(failed.ErrorCode ?? "Error", failed.ErrorMessage ?? "no reason given");
      }
    },
    async remove({ id }) {
      await write.events.send(new DeleteRuleCommand(ruleOf(id)));
      return GONE;
    },
  });

  return [topic, queue, rule];
};
