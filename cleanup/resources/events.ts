import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { PartialFailure } from "../aws/errors";
import { allPages, chunks } from "../aws/pages";
import { candidates, type Listed } from "./candidates";
import type { ResourceType } from "./resource-type";
import { GONE, hintsOf, presentIf, tagsFrom } from "./shared";

const RULE = "events:rule";

const rule: ResourceType = {
  type: RULE,
  terraform: ["aws_cloudwatch_event_rule"],
  parts: ["aws_cloudwatch_event_target"],
  arns: ["rule/"],
  handler: ({ read, write }) => ({
    list: candidates(RULE, {
      async all(env) {
        // Other buses only if the state names a rule on one.
        const buses = hintsOf(env, RULE).filter((hint) => !hint.startsWith("arn:"));
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
        tagsFrom((await read.events.send(new ListTagsForResourceCommand({ ResourceARN: arn }))).Tags),
    }),
    look: ({ id }) => presentIf(() => read.events.send(new DescribeRuleCommand(ruleOf(id)))),
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
  }),
};

/** Rules with their targets. */
export const events: readonly ResourceType[] = [rule];

/** A rule's id is its name, as in Terraform: with the prefix `<bus>/` unless it is on the default bus. */
function ruleOf(id: string) {
  const [name, bus] = id.split("/").reverse();
  return { Name: name!, EventBusName: bus ?? "default" };
}
