import type { TestRun } from "../../contract/test-run";
import type { TestEnvironment, TestFunction } from "../../environments/schema/test-environment-fields";
import { statementsOf } from "./access";
import { bucketNode } from "./nodes/bucket";
import { functionNode, mappingNode } from "./nodes/function";
import { httpApiNode } from "./nodes/http-api";
import { logGroupNode } from "./nodes/log-group";
import type { Node } from "./nodes/node";
import { queueNodes, type QueueProps } from "./nodes/queue";
import { restApiNode } from "./nodes/rest-api";
import { roleNode } from "./nodes/role";
import { ruleArn, ruleNode } from "./nodes/rule";
import { tableNode } from "./nodes/table";
import { topicArn, topicNode, type Target } from "./nodes/topic";
import { variableOf } from "./outputs";

type Resources = TestEnvironment["resources"];

/**
 * The resources of a run and what each waits for. Names and ARNs are known before anything exists, so a function does
 * not wait for the tables that it uses. No cycle is possible: queues wait for dead-letter queues, functions for queues,
 * and everything else for functions and queues.
 */
export function nodesOf(run: TestRun, { resources }: TestEnvironment): Node[] {
  return Object.entries(resources).flatMap(([name, resource]): Node[] => {
    switch (resource.type) {
      case "table":
        return [tableNode(run, name, resource)];
      case "bucket":
        return [bucketNode(run, name)];
      case "queue": {
        const { deadLetterAfter } = resource;
        const visibilitySeconds = visibilityOf(name, resources);
        return queueNodes(run, name, {
          deadLetterAfter,
          visibilitySeconds,
          senders: sendersOf(run, name, resources),
        });
      }
      case "topic":
        return [topicNode(run, name, targetsOf(resource.to ?? [], resources))];
      case "rule":
        return [ruleNode(run, name, resource, targetsOf(resource.to, resources))];
      case "httpApi":
        return [httpApiNode(run, name, resource.routes)];
      case "restApi":
        return [restApiNode(run, name, resource.routes)];
      case "function":
        return functionNodes(run, name, resource, resources);
    }
  });
}

function functionNodes(run: TestRun, name: string, spec: TestFunction, resources: Resources): Node[] {
  const used = Object.keys(spec.uses);
  const variables: Parameters<typeof functionNode>[3] = (created) =>
    Object.assign({}, ...used.map((one) => variableOf(run, one, resources[one]!.type, created))) as Record<
      string,
      string
    >;
  // The URL of a queue is known when it exists.
  const after = used.filter((one) => resources[one]!.type === "queue");
  return [
    roleNode(run, name, statementsOf(run, name, spec, resources)),
    logGroupNode(run, name),
    functionNode(run, name, spec, variables, after),
    ...spec.from.map((queue) => mappingNode(run, name, queue)),
  ];
}

function targetsOf(names: readonly string[], resources: Resources): Target[] {
  return names.map((node) => ({ node, type: resources[node]!.type as Target["type"] }));
}

function sendersOf(run: TestRun, queue: string, resources: Resources): QueueProps["senders"] {
  return Object.entries(resources).flatMap(([name, resource]): QueueProps["senders"] => {
    if (resource.type === "topic" && resource.to?.includes(queue))
      return [{ service: "sns", arn: topicArn(run, name) }];
    if (resource.type === "rule" && resource.to.includes(queue))
      return [{ service: "events", arn: ruleArn(run, name) }];
    return [];
  });
}

/**
 * AWS wants six times the time limit of the function that receives from a queue.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
function visibilityOf(queue: string, resources: Resources): number {
  const limits = Object.values(resources).flatMap((resource) =>
    resource.type === "function" && resource.from.includes(queue) ? [resource.timeoutSeconds] : [],
  );
  return Math.max(30, ...limits.map((seconds) => 6 * seconds));
}

/** Nodes in waves: each waits for nodes of earlier waves only. */
export function wavesOf(nodes: readonly Node[]): Node[][] {
  const waves: Node[][] = [];
  const done = new Set<string>();
  for (let left = [...nodes]; left.length > 0;) {
    const wave = left.filter(({ after }) => after.every((node) => done.has(node)));
    if (wave.length === 0) throw new Error(`a cycle: ${left.map(({ node }) => node).join(", ")}`);
    waves.push(wave);
    for (const { node } of wave) done.add(node);
    left = left.filter((node) => !wave.includes(node));
  }
  return waves;
}
