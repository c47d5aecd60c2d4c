import "../../operations/aws/quiet-sdk";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pLimit from "p-limit";
import { Terraform } from "../../operations/terraform/terraform";
import type { RunReport } from "../../operations/test-environments/report";
import { zipFolder } from "../../operations/test-environments/code";
import { boundRetries } from "../../operations/terraform/bound-retries";
import {
  leftOf,
  openTestEnvStage,
  PLACE,
  processOf,
  TEST_ENV_SPEC,
  type TestEnvStage,
} from "../support/test-env-stage";
import { machine, publish, table, type Target } from "./report";
import { percentile } from "./statistics";

/**
 * `npm run bench:test-env`: the same resources by `automock test-env` and by Terraform on the local AWS, and fifty test
 * environments at once. Writes both into docs/benchmarks.md.
 */

const RUNS = 5;
const AT_ONCE = 50;
const MOST_CALLS = 200;

const median = (values: readonly number[]) =>
  percentile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

interface Measured {
  readonly create: number;
  readonly destroy: number;
  readonly calls: number;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** Whole processes: start, create, no tests, destroy. */
async function byTestEnv(stage: TestEnvStage, key: string): Promise<Measured> {
  const start = processOf(stage);
  const before = stage.aws.calls.all().length;
  const must = async (verb: "up" | "down") => {
    const { exitCode, stderr } = await start([verb, "orders", key]);
    if (exitCode !== 0) throw new Error(stderr);
  };
  const create = await timed(() => must("up"));
  const destroy = await timed(() => must("down"));
  return { create, destroy, calls: stage.aws.calls.all().length - before };
}

async function byTerraform(stage: TestEnvStage, name: string): Promise<Measured> {
  const folder = join(stage.folder, `terraform-${name}`);
  mkdirSync(folder);
  writeFileSync(join(folder, "code.zip"), zipFolder(stage.folder, "code"));
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify(terraformOf(name)));
  boundRetries(folder);
  const terraform = await Terraform.find({ env: stage.aws.env });
  const before = stage.aws.calls.all().length;
  const create = await timed(async () => {
    await terraform.init(folder);
    await terraform.apply(folder);
  });
  const destroy = await timed(() => terraform.destroy(folder));
  return { create, destroy, calls: stage.aws.calls.all().length - before };
}

/** TEST_ENV_SPEC as Terraform. */
function terraformOf(name: string): object {
  const prefix = `tf-${name}`;
  const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    ],
  });
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["dynamodb:GetItem", "sqs:ReceiveMessage"], Resource: "*" }],
  });
  return {
    terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
    provider: {
      aws: { region: PLACE.region, s3_use_path_style: true, default_tags: { tags: { run: name } } },
    },
    resource: {
      aws_dynamodb_table: {
        users: {
          name: `${prefix}-users`,
          billing_mode: "PAY_PER_REQUEST",
          hash_key: "id",
          attribute: [
            { name: "id", type: "S" },
            { name: "email", type: "S" },
          ],
          global_secondary_index: [{ name: "byEmail", hash_key: "email", projection_type: "ALL" }],
        },
      },
      aws_s3_bucket: { files: { bucket: `${prefix}-files-${PLACE.accountId}`, force_destroy: true } },
      aws_sqs_queue: {
        dead: { name: `${prefix}-jobs-dead` },
        jobs: {
          name: `${prefix}-jobs`,
          redrive_policy:
            "${jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 3 })}",
        },
      },
      aws_iam_role: { api: { name: `${prefix}-api`, assume_role_policy: trust } },
      aws_iam_role_policy: { api: { name: "uses", role: "${aws_iam_role.api.id}", policy } },
      aws_cloudwatch_log_group: { api: { name: `/${prefix}/api`, retention_in_days: 1 } },
      aws_lambda_function: {
        api: {
          function_name: `${prefix}-api`,
          role: "${aws_iam_role.api.arn}",
          runtime: "nodejs22.x",
          handler: "index.handler",
          filename: "code.zip",
          depends_on: ["aws_cloudwatch_log_group.api", "aws_iam_role_policy.api"],
        },
      },
      aws_lambda_event_source_mapping: {
        jobs: {
          function_name: "${aws_lambda_function.api.arn}",
          event_source_arn: "${aws_sqs_queue.jobs.arn}",
        },
      },
      aws_lambda_permission: {
        http: {
          statement_id: "http",
          action: "lambda:InvokeFunction",
          function_name: "${aws_lambda_function.api.function_name}",
          principal: "apigateway.amazonaws.com",
        },
      },
      aws_apigatewayv2_api: { http: { name: `${prefix}-http`, protocol_type: "HTTP" } },
      aws_apigatewayv2_integration: {
        api: {
          api_id: "${aws_apigatewayv2_api.http.id}",
          integration_type: "AWS_PROXY",
          integration_uri: "${aws_lambda_function.api.arn}",
          payload_format_version: "2.0",
        },
      },
      aws_apigatewayv2_route: {
        users: {
          api_id: "${aws_apigatewayv2_api.http.id}",
          route_key: "GET /users/{id}",
          target: "integrations/${aws_apigatewayv2_integration.api.id}",
        },
      },
      aws_apigatewayv2_stage: {
        default: { api_id: "${aws_apigatewayv2_api.http.id}", name: "$default", auto_deploy: true },
      },
    },
  };
}

/** Fifty environments at once, ten processes at a time. */
async function many(stage: TestEnvStage): Promise<{
  readonly seconds: number;
  readonly calls: number;
  readonly left: number;
}> {
  const start = processOf(stage);
  const all = pLimit(10);
  const before = stage.aws.calls.all().length;
  const seconds = await timed(() =>
    Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) =>
        all(async () => {
          const { exitCode, stdout, stderr } = await start(["run", "orders", `many ${i}`]);
          if (exitCode !== 0) throw new Error(stderr);
          return JSON.parse(stdout) as RunReport;
        }),
      ),
    ),
  );
  const calls = stage.aws.calls.all().length - before;
  return {
    seconds,
    calls: calls / AT_ONCE,
    left: (await leftOf(stage)).length,
  };
}

async function main(): Promise<void> {
  const stage = await openTestEnvStage({ orders: TEST_ENV_SPEC });
  const own: Measured[] = [];
  const terraform: Measured[] = [];
  try {
    for (let i = 0; i < RUNS; i++) {
      own.push(await byTestEnv(stage, `bench ${i}`));
      terraform.push(await byTerraform(stage, `r${i}`));
      process.stderr.write(`run ${i + 1} of ${RUNS} done\n`);
    }
    const crowd = await many(stage);
    const of = (all: readonly Measured[], part: keyof Measured) => median(all.map((one) => one[part]));
    const row = (what: string, part: keyof Measured, unit: string) => [
      what,
      `${of(terraform, part).toFixed(1)}${unit}`,
      `${of(own, part).toFixed(1)}${unit}`,
      `${(of(terraform, part) / of(own, part)).toFixed(1)}×`,
    ];
    const whole = (all: readonly Measured[]) => median(all.map(({ create, destroy }) => create + destroy));
    const compared = table(
      [`the same resources on the local AWS, median of ${RUNS}`, "Terraform", "test-env", "ratio"],
      [
        row("create (Terraform: init and apply)", "create", " s"),
        row("destroy", "destroy", " s"),
        [
          "both",
          `${whole(terraform).toFixed(1)} s`,
          `${whole(own).toFixed(1)} s`,
          `${(whole(terraform) / whole(own)).toFixed(1)}×`,
        ],
        row("calls to AWS, journal and registry included", "calls", ""),
      ],
    );
    const crowdTable = table(
      [`${AT_ONCE} environments, ten processes at a time`, ""],
      [
        ["create, test and remove all of them", `${crowd.seconds.toFixed(0)} s`],
        ["calls of each", crowd.calls.toFixed(0)],
        ["left afterwards", String(crowd.left)],
      ],
    );
    const targets: Target[] = [
      { what: "left afterwards", measured: crowd.left, allowed: 0, unit: "" },
      { what: "calls of each environment", measured: crowd.calls, allowed: MOST_CALLS, unit: "" },
    ];
    await publish("npm run bench:test-env", [machine(), compared, crowdTable], targets);
  } finally {
    await stage.close();
  }
}

void main();
