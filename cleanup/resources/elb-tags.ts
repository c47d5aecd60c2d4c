import {
  DescribeTagsCommand,
  ModifyTargetGroupAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { TAG } from "../../contract/tags";
import type { Access, Clients } from "../aws/clients";
import { unlessNotFound } from "../aws/errors";
import { chunks } from "../aws/pages";
import { tagsFrom, type Tags } from "./shared";

/** Tags by ARN, twenty at a time, which is the limit of a call. */
export async function elbTags(read: Clients, arns: readonly string[]): Promise<Map<string, Tags>> {
  const tags = new Map<string, Tags>();
  for (const some of chunks(arns, 20)) {
    const answer = await read.elb.send(new DescribeTagsCommand({ ResourceArns: some }));
    for (const { ResourceArn, Tags: list } of answer.TagDescriptions ?? [])
      tags.set(ResourceArn!, tagsFrom(list));
  }
  return tags;
}

/**
 * Sets the deregistration delay of target groups to zero, so that tasks stop at once instead of after up to five
 * minutes. Only of groups that carry the same environment tag as the service: a foreign group stays as it is.
 */
export async function stopWaitingForTargets(
  { read, write }: Access,
  targetGroupArns: readonly string[],
  serviceTags: Tags | "unreadable",
): Promise<void> {
  const environment = serviceTags === "unreadable" ? undefined : serviceTags[TAG.environment];
  if (environment === undefined || targetGroupArns.length === 0) return;
  const tags = (await unlessNotFound(() => elbTags(read, targetGroupArns))) ?? new Map<string, Tags>();
  for (const [arn, { [TAG.environment]: owner }] of tags) {
    if (owner !== environment) continue;
    await unlessNotFound(() =>
      write.elb.send(
        new ModifyTargetGroupAttributesCommand({
          TargetGroupArn: arn,
          Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "0" }],
        }),
      ),
    );
  }
}
