import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { TEST_METRICS } from "../../contract/test-run";
import type { PipelineTrust } from "../iam/pipeline-trust";
import { FunctionBoundary } from "./function-boundary";
import { RunRole } from "./run-role";

/** Days. The metrics made of the lines stay for 15 months. */
const RETENTION_DAYS = 30;

export interface TestEnvironmentsProps {
  /** Names of the bootstrap stack. */
  readonly names: Names;
  /** Pipelines that run test environments, by the last part of their role's name. */
  readonly pipelines: Readonly<Record<string, { readonly trust: PipelineTrust; readonly spec: string }>>;
}

/**
 * What test environments find in an account and region: the permissions boundary of their functions, the log group of
 * their metrics, and a role for each pipeline.
 *
 * Cost: nothing at rest; cents a month for the lines of metrics.
 */
export class TestEnvironments extends Construct {
  /** ARNs of the roles by pipeline (tokens). */
  public readonly roleArns: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { names, pipelines }: TestEnvironmentsProps) {
    super(scope, id);
    new FunctionBoundary(this, "boundary", { names });
    new CloudwatchLogGroup(this, "metrics", {
      name: TEST_METRICS.logGroup,
      retentionInDays: RETENTION_DAYS,
    });
    this.roleArns = Object.fromEntries(
      Object.entries(pipelines).map(([pipeline, props]) => [
        pipeline,
        new RunRole(this, `role-${pipeline}`, { names, pipeline, ...props }).roleArn,
      ]),
    );
  }
}
