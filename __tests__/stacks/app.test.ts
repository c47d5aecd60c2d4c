import { buildApp } from "../../stacks/app";
import { Template } from "../support/template";
import { ephemeralEnvironment, prodEnvironment, stagingEnvironment } from "../support/environments";
import { FIXED_REAPER_CODE } from "../support/reaper-code";
import { spoil } from "../support/spoil";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AutomockStack } from "../../stacks/automock-stack";
import { BootstrapStack } from "../../stacks/bootstrap-stack";
import type { Environment } from "../../environments";

/** Ids of the stacks that an app of these environments has. */
function stackIds(...environments: Environment[]): string[] {
  const outdir = mkdtempSync(join(tmpdir(), "app-"));
  try {
    return buildApp({ environments, reaperCode: FIXED_REAPER_CODE, outdir }).node.children.map(
      ({ node }) => node.id,
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const automock = (environment: Environment): Template =>
  Template.ofApp((app) => new AutomockStack(app, `automock-${environment.name}`, environment));

describe("stacks", () => {
  it("one bootstrap stack for the place all share, one stack per environment", () =>
    expect(stackIds(prodEnvironment, stagingEnvironment, ephemeralEnvironment)).toEqual([
      "bootstrap",
      "automock-prod",
      "task-api-prod",
      "automock-staging",
      "task-api-staging",
      "automock-pr-123",
    ]));

  it("another account or region has a bootstrap stack of its own", () =>
    expect(stackIds(prodEnvironment, spoil(stagingEnvironment, "region", "eu-west-1"))).toEqual([
      "bootstrap",
      "bootstrap-123456789012-eu-west-1",
      "automock-prod",
      "task-api-prod",
      "automock-staging",
      "task-api-staging",
    ]));
});

describe("every stack", () => {
  const template = automock(stagingEnvironment);

  it("backend-always-configured: state in S3 under a key of its own, both locks, one account", () =>
    expect(template.json.terraform.backend).toEqual({
      s3: {
        bucket: "automock-tfstate-123456789012-us-east-1",
        key: "automock/staging/terraform.tfstate",
        region: "us-east-1",
        encrypt: true,
        allowed_account_ids: ["123456789012"],
        dynamodb_table: "automock-tflock-123456789012-us-east-1",
        use_lockfile: true,
      },
    }));

  it.each([
    ["s3", { use_lockfile: true }],
    ["dynamodb", { dynamodb_table: "automock-tflock-123456789012-us-east-1" }],
    ["both", { dynamodb_table: "automock-tflock-123456789012-us-east-1", use_lockfile: true }],
  ])("locking %s", (locking, expected) => {
    const backend = automock(spoil(stagingEnvironment, "locking", locking)).json.terraform.backend
      .s3 as Record<string, unknown>;
    const { dynamodb_table, use_lockfile } = backend;
    expect(JSON.parse(JSON.stringify({ dynamodb_table, use_lockfile }))).toEqual(expected);
  });

  it("takes the providers and the Terraform releases that are known to work", () => {
    expect(template.json.terraform.required_version).toBe(">= 1.10.0, != 1.15.0, != 1.15.1");
    expect(template.json.terraform.required_providers).toEqual({
      aws: { source: "aws", version: ">= 5.100.0, < 7.0.0" },
    });
  });

  it("works in one account only and tags everything", () =>
    expect(template.json.provider).toEqual({
      aws: [
        {
          region: "us-east-1",
          allowed_account_ids: ["123456789012"],
          default_tags: [
            {
              tags: {
                "automock:cost-center": "quality-engineering",
                "automock:environment": "staging",
                "automock:ephemeral": "false",
                "automock:managed-by": "cdktf",
                "automock:owner": "platform-team",
                "automock:system": "automock",
              },
            },
          ],
        },
      ],
    }));

  it("keeps the rules", () => {
    for (const each of [template, automock(prodEnvironment), automock(ephemeralEnvironment)])
      expect(each.errors()).toEqual([]);
    expect(
      Template.ofApp(
        (app) => new BootstrapStack(app, "bootstrap", prodEnvironment, FIXED_REAPER_CODE),
      ).errors(),
    ).toEqual([]);
  });
});
