import {
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
} from "@aws-sdk/client-sns";
import { allPages } from "../aws/pages";
import { candidates } from "./candidates";
import type { ResourceType } from "./resource-type";
import { GONE, lastPart, presentIf, tagsFrom } from "./shared";

const TOPIC = "sns:topic";

/** Subscriptions are deleted with their topic. */
const topic: ResourceType = {
  type: TOPIC,
  terraform: ["aws_sns_topic"],
  parts: ["aws_sns_topic_policy", "aws_sns_topic_subscription"],
  arns: [""],
  handler: ({ read, write }) => ({
    list: candidates(TOPIC, {
      async all() {
        const topics = await allPages(async (NextToken) => {
          const page = await read.sns.send(new ListTopicsCommand({ NextToken }));
          return { items: page.Topics, next: page.NextToken };
        });
        return topics.map(({ TopicArn: arn }) => ({ id: arn!, arn, name: lastPart(arn!) }));
      },
      tags: async ({ arn }) =>
        tagsFrom((await read.sns.send(new ListTagsForResourceCommand({ ResourceArn: arn }))).Tags),
    }),
    look: ({ id }) => presentIf(() => read.sns.send(new GetTopicAttributesCommand({ TopicArn: id }))),
    async remove({ id }) {
      await write.sns.send(new DeleteTopicCommand({ TopicArn: id }));
      return GONE;
    },
  }),
};

/** Topics. */
export const sns: readonly ResourceType[] = [topic];
