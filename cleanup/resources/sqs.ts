import {
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
} from "@aws-sdk/client-sqs";
import { allPages } from "../aws/pages";
import { candidates, type Listed } from "./candidates";
import type { ResourceType } from "./resource-type";
import { arnHints, GONE, lastPart, presentIf } from "./shared";

const QUEUE = "sqs:queue";

const queue: ResourceType = {
  type: QUEUE,
  terraform: ["aws_sqs_queue"],
  parts: ["aws_sqs_queue_policy", "aws_sqs_queue_redrive_policy"],
  arns: [""],
  handler: ({ read, write }) => ({
    list: candidates(QUEUE, {
      async all(env) {
        const urls = await allPages(async (NextToken) => {
          const page = await read.sqs.send(new ListQueuesCommand({ MaxResults: 1000, NextToken }));
          return { items: page.QueueUrls, next: page.NextToken };
        });
        const hints = arnHints(env, QUEUE);
        return urls.map((url): Listed => {
          const name = lastPart(url);
          return { id: url, arn: hints.find((hint) => lastPart(hint) === name), name };
        });
      },
      tags: async ({ id }) => (await read.sqs.send(new ListQueueTagsCommand({ QueueUrl: id }))).Tags ?? {},
    }),
    look: ({ id }) => presentIf(() => read.sqs.send(new GetQueueAttributesCommand({ QueueUrl: id }))),
    async remove({ id }) {
      await write.sqs.send(new DeleteQueueCommand({ QueueUrl: id }));
      return GONE;
    },
  }),
};

/** Queues. */
export const sqs: readonly ResourceType[] = [queue];
