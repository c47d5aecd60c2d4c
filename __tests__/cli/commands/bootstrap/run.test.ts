import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  applyShown,
  bootstrapCommand,
  chosenBootstrap,
  resultText,
  switchDeletion,
} from "../../../../cli/commands/bootstrap/run";
import type { Cli } from "../../../../cli/context";
import { bootstrapsOf } from "../../../../environments/schema/stacks";
import type { Terraform } from "../../../../operations/terraform/terraform";
import { createOf, deleteOf, planOf, resource } from "../../../support/change";
import { parseCommand } from "../../../support/parse-command";
import { RegistryTable } from "../../../support/registry-table";
import { prodEnvironment, stagingEnvironment } from "../../../support/environments";

const environments = [prodEnvironment, { ...stagingEnvironment, region: "eu-west-1" }];

const chosen = (name: string, region?: string) =>
  chosenBootstrap({ environments: () => environments, options: { region } }, name).id;

it("chooses the bootstrap stack of the environment's account and region", () => {
  expect(chosen("prod")).toBe("bootstrap");
  expect(chosen("staging")).toBe("bootstrap-123456789012-eu-west-1");
  expect(chosen("staging", "eu-west-1")).toBe("bootstrap-123456789012-eu-west-1");
});

it("refuses another region", () =>
  expect(() => chosen("prod", "eu-west-1")).toThrow(
    "--region is eu-west-1, but prod is in us-east-1. Use --environment to name an environment in eu-west-1.",
  ));

it("refuses an unknown environment", () =>
  expect(() => chosen("nope")).toThrow(
    'There is no environment "nope". The environments are prod, staging.',
  ));

it("says what was changed outside of Terraform when there is nothing to apply", () => {
  expect(resultText("bootstrap", "unchanged", [])).toBe("No changes: the bootstrap stack is up to date.");
  expect(resultText("bootstrap", "unchanged", ["state/bucket", "registry/table"])).toBe(
    "Nothing to apply, but 2 resources were changed outside of Terraform: state/bucket, registry/table.\n" +
      "To see the differences: automock plan bootstrap",
  );
});

describe("the plan", () => {
  const BUCKET = "aws_s3_bucket.state_bucket_0A1B2C3D";
  const [stack] = bootstrapsOf(environments);
  const { isTTY } = process.stdin;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bootstrap-"));
    writeFileSync(join(folder, "cdk.tf.json"), "{}");
    jest.spyOn(process.stderr, "write").mockReturnValue(true);
    process.stdin.isTTY = false;
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.stdin.isTTY = isTTY;
    rmSync(folder, { recursive: true });
  });

  /** What is said of a plan, in its order; `apply` stands for terraform's apply, which takes 0 s and succeeds. */
  async function said(change: Parameters<typeof resource>, options: { readonly yes?: true }) {
    const lines: string[] = [];
    const cli = { projectFolder: folder, progress: (line: string) => lines.push(line), output: {} };
    const terraform = {
      version: "1.11.4",
      applyPlan: async () => {
        lines.push("apply");
        return { exitCode: 0, signal: null, stdout: "", stderr: "" };
      },
    } as unknown as Terraform;
    const shown = JSON.stringify(planOf([resource(...change)]));
    const ended = await applyShown(cli as unknown as Cli, {
      ...{ stack: stack!, folder, shown, terraform },
      options: { environment: "prod", ...options },
    }).catch((error: Error) => error.message);
    return { lines, ended };
  }

  it("is shown, applied and told the end of like that of a deployment", async () => {
    expect(await said([BUCKET, createOf({})], { yes: true })).toEqual({
      lines: [
        "bootstrap in 123456789012, us-east-1: 1 add",
        "  add      aws_s3_bucket",
        "apply",
        "bootstrap is deployed: 1 add, in 0 s.",
      ],
      ended: true,
    });
  });

  it("is shown before the question, with what it deletes", async () => {
    expect(await said([BUCKET, deleteOf({})], {})).toEqual({
      lines: [
        "bootstrap in 123456789012, us-east-1: 1 destroy",
        "  destroy  state/bucket (aws_s3_bucket): holds objects",
      ],
      ended:
        "There is no terminal to ask for confirmation. Read the output above, then run the command again with --yes.",
    });
  });
});

describe("deletion", () => {
  const table = new RegistryTable();
  const switched = (options: Parameters<typeof switchDeletion>[1]) => switchDeletion(table.registry, options);
  beforeEach(() => (table.deletionEnabled = false));

  it("stays as it is unless an option says otherwise, and is kept by later runs", async () => {
    expect(await switched({})).toBe("disabled");
    expect(await switched({ enableDeletion: true })).toBe("enabled");
    expect(table.deletionEnabled).toBe(true);
    expect(await switched({})).toBe("enabled");
    expect(await switched({ disableDeletion: true })).toBe("disabled");
    expect(await switched({})).toBe("disabled");
  });

  it("is enabled or disabled, not both", async () => {
    expect((await parseCommand(["bootstrap", "--enable-deletion"])).options).toMatchObject({
      enableDeletion: true,
    });
    expect((await parseCommand(["bootstrap", "--disable-deletion"])).options).toMatchObject({
      disableDeletion: true,
    });
    await expect(parseCommand(["bootstrap", "--enable-deletion", "--disable-deletion"])).rejects.toThrow(
      "option '--enable-deletion' cannot be used with option '--disable-deletion'",
    );
  });

  it("is disabled without a deployment: one write to the registry and one read", async () => {
    const sent: { target: string; body: unknown }[] = [];
    const requestHandler = {
      handle: async ({ headers, body }: { headers: Record<string, string>; body: string }) => {
        sent.push({ target: headers["x-amz-target"]!.split(".")[1]!, body: JSON.parse(body) });
        const answer = Buffer.from("{}");
        return { response: { statusCode: 200, headers: {}, body: Readable.from([answer]) } };
      },
    };
    const results: unknown[] = [];
    await bootstrapCommand(
      {
        environments: () => environments,
        options: {},
        clientConfig: (region: string) => ({
          region,
          credentials: { accessKeyId: "a", secretAccessKey: "b" },
          requestHandler,
        }),
        output: {
          result: (value: unknown, print: () => void) => {
            results.push(value);
            print();
          },
          line: (line: string) => results.push(line),
        },
      } as unknown as Cli,
      { environment: "prod", disableDeletion: true },
    );
    expect(sent.map(({ target }) => target)).toEqual(["PutItem", "GetItem"]);
    expect(sent[0]!.body).toMatchObject({
      TableName: "automock-environments-123456789012-us-east-1",
      Item: { pk: { S: "SETTINGS" }, sk: { S: "REAPER" }, deletionEnabled: { BOOL: false } },
    });
    expect(results).toEqual([
      {
        stack: "bootstrap",
        accountId: "123456789012",
        region: "us-east-1",
        result: "unchanged",
        deletion: "disabled",
      },
      "Deletion is not enabled: the reaper only reports which ephemeral environments it would delete. To enable it, run automock bootstrap --enable-deletion.",
    ]);
  });
});
