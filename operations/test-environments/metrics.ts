import { CreateLogStreamCommand, PutLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { unlessNotFound } from "../../cleanup/aws/errors";
import { describeError } from "../../cleanup/engine/classify";
import { TEST_METRICS } from "../../contract/test-run";
import type { FinishedRun } from "../../registry/test-runs";
import type { RunWorld } from "./world";

/**
 * A finished run as a line in CloudWatch's embedded metric format: CloudWatch makes metrics of it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricLine(finished: FinishedRun, testsFailed: boolean): string {
  const { run, spec, at, resources, createSeconds, destroySeconds, leftovers } = finished;
  const seconds = ["CreateSeconds", "DestroySeconds"].map((Name) => ({ Name, Unit: "Seconds" }));
  const counts = ["Resources", "Leftovers", "TestsFailed"].map((Name) => ({ Name, Unit: "Count" }));
  return JSON.stringify({
    _aws: {
      Timestamp: Date.parse(at),
      CloudWatchMetrics: [
        { Namespace: TEST_METRICS.namespace, Dimensions: [["Spec"]], Metrics: [...seconds, ...counts] },
      ],
    },
    Spec: spec,
    Run: run,
    CreateSeconds: createSeconds,
    DestroySeconds: destroySeconds,
    Resources: resources,
    Leftovers: leftovers,
    TestsFailed: testsFailed ? 1 : 0,
  });
}

/** Sends the metrics of a run, if the account has the log group for them. A run does not fail because of it. */
export async function sendMetrics(
  { clients: { logs }, progress, run }: RunWorld,
  finished: FinishedRun,
  testsFailed: boolean,
): Promise<void> {
  const { logGroup: logGroupName } = TEST_METRICS;
  const logStreamName = run.run;
  try {
    const stream = await unlessNotFound(() =>
      logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName })),
    );
    if (stream === undefined) return;
    const event = { timestamp: Date.parse(finished.at), message: metricLine(finished, testsFailed) };
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents: [event] }));
  } catch (error) {
    progress(`The metrics of this run are not sent: ${describeError(error)}`);
  }
}
