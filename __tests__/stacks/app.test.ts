import { buildApp, type AppProps } from "../../stacks/app";
import { Template } from "../support/template";
import { ephemeralEnvironment, prodEnvironment, stagingEnvironment } from "../support/environments";
import { FIXED_REAPER_CODE } from "../support/reaper-code";
import { spoil } from "../support/spoil";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AutomockStack } from "../../stacks/automock/automock-stack";
import { BootstrapStack } from "../../stacks/bootstrap/bootstrap-stack";
import type { BootstrapSettings, Environment } from "../../environments/schema";
import { NO_SETTINGS } from "../../environments/schema/bootstrap-fields";

/** Ids of the stacks that an app creates for these environments. */
function stackIds(...environments: Environment[]): string[] {
  return stackIdsOf({ environments });
}

function stackIdsOf(props: Pick<AppProps, "environments" | "only">): string[] {
  const outdir = mkdtempSync(join(tmpdir(), "app-"));
  try {
    return buildApp({
      ...props,
      bootstrap: NO_SETTINGS,
      reaperCode: FIXED_REAPER_CODE,
      outdir,
    }).node.children.map(({ node }) => node.id);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const automock = (environment: Environment): Template =>
  Template.ofApp((app) => new AutomockStack(app, `automock-${environment.name}`, environment));

describe("stacks", () => {
  it("one bootstrap stack per account and region, one stack per environment", () =>
    expect(stackIds(prodEnvironment, stagingEnvironment, ephemeralEnvironment)).toEqual([
      "bootstrap",
      "automock-prod",
      "task-api-prod",
      "automock-staging",
      "task-api-staging",
      "automock-pr-123",
    ]));

  it("another account or region has its own bootstrap stack", () =>
    expect(stackIds(prodEnvironment, spoil(stagingEnvironment, "region", "eu-west-1"))).toEqual([
      "bootstrap",
      "bootstrap-123456789012-eu-west-1",
      "automock-prod",
      "task-api-prod",
      "automock-staging",
      "task-api-staging",
    ]));

  it("only the named ones", () =>
    expect(
      stackIdsOf({
        environments: [prodEnvironment, stagingEnvironment],
        only: ["bootstrap", "task-api-staging"],
      }),
    ).toEqual(["bootstrap", "task-api-staging"]));
});

describe("every stack", () => {
  const template = automock(stagingEnvironment);

  it("stores its state in S3 under its own key, with both locks, for one account", () =>
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

  it("requires provider and Terraform versions that are known to work", () => {
    expect(template.json.terraform.required_version).toBe(">= 1.10.0, != 1.15.0, != 1.15.1");
    expect(template.json.terraform.required_providers).toEqual({
      aws: { source: "aws", version: ">= 5.100.0, < 7.0.0" },
    });
  });

  it("allows one account only and tags everything", () =>
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

  it("violates no rule", () => {
    for (const each of [template, automock(prodEnvironment), automock(ephemeralEnvironment)])
      expect(each.errors()).toEqual([]);
    expect(
      Template.ofApp(
        (app) =>
          new BootstrapStack(app, "bootstrap", {
            environments: [prodEnvironment],
            settings: NO_SETTINGS,
            reaperCode: FIXED_REAPER_CODE,
          }),
      ).errors(),
    ).toEqual([]);
  });
});

const bootstrapOf = (...environments: Environment[]) => bootstrapWith({}, environments);
const bootstrapWith = (settings: Partial<BootstrapSettings>, environments: readonly Environment[]) =>
  Template.ofApp(
    (app) =>
      new BootstrapStack(app, "bootstrap", {
        environments,
        settings: { ...NO_SETTINGS, ...settings },
        reaperCode: FIXED_REAPER_CODE,
      }),
  );

describe("notifications from the reaper", () => {
  const subscriptions = (template: Template) =>
    template
      .all("aws_sns_topic_subscription")
      .map(({ topic_arn, endpoint, filter_policy }) => [
        /notifications/.test(topic_arn as string) ? "notices" : "alarms",
        endpoint,
        filter_policy,
      ]);

  it("operators get every message; owners, teams and an environment's addresses get their own", () => {
    const ephemeral = {
      ...ephemeralEnvironment,
      owner: "team-a",
      notifications: { emails: ["ann@example.com"], webhooks: {} },
    };
    const template = bootstrapWith(
      {
        operators: ["ops@example.com"],
        teams: { "team-b": ["b@example.com", "ann@example.com"], "team-c": ["ops@example.com"] },
      },
      [prodEnvironment, ephemeral],
    );
    expect(template.errors()).toEqual([]);
    expect(subscriptions(template).sort()).toEqual([
      ["alarms", "ops@example.com", undefined],
      ["notices", "ann@example.com", '{"owner":["team-a","team-b"]}'],
      ["notices", "b@example.com", '{"owner":["team-b"]}'],
      ["notices", "ops@example.com", undefined],
    ]);
  });

  it("alarm addresses of a permanent environment get none, because the reaper never deletes it", () =>
    expect(subscriptions(bootstrapWith({}, [prodEnvironment]))).toEqual([]));

  it("alarms and notices use different topics", () => {
    const template = bootstrapOf(prodEnvironment);
    const [alarms] = template.all("aws_sns_topic").filter(({ name }) => (name as string).endsWith("-alarms"));
    expect(alarms).toBeDefined();
    const targets = template.all("aws_cloudwatch_metric_alarm").flatMap(({ alarm_actions }) => alarm_actions);
    expect(new Set(targets).size).toBe(1);
    expect(String(targets[0])).toContain("alarm-topic");
    const keys = template.all("aws_sns_topic").map(({ kms_master_key_id }) => kms_master_key_id);
    expect(new Set(keys).size).toBe(2);
  });
});

describe("roles of pipelines", () => {
  const gitHub = (environment: string) => ({ kind: "gitHub", repository: "acme/infra", environment });
  const roleNames = (template: Template) =>
    template
      .all("aws_iam_role")
      .map(({ name }) => name as string)
      .filter((name) => /-(plan|apply)-/.test(name))
      .sort();

  it("are created only for the pipelines that are configured", () => {
    expect(roleNames(bootstrapOf(prodEnvironment, stagingEnvironment))).toEqual([]);
    const prod = spoil(prodEnvironment, "delivery", {
      plan: gitHub("infrastructure-plan"),
      apply: gitHub("infrastructure-prod"),
    });
    const staging = spoil(stagingEnvironment, "delivery", { apply: gitHub("infrastructure-staging") });
    const template = bootstrapOf(prod, staging);
    expect(template.errors()).toEqual([]);
    expect(roleNames(template)).toEqual([
      "automock-bootstrap-us-east-1-apply-prod",
      "automock-bootstrap-us-east-1-apply-staging",
      "automock-bootstrap-us-east-1-plan-prod",
    ]);
    expect(Object.keys(template.json.output!).filter((name) => name.includes("_role_"))).toEqual([
      "apply_role_prod",
      "apply_role_staging",
      "plan_role_prod",
    ]);
    const trusts = template.all("aws_iam_role").map((role) => role.assume_role_policy as string);
    for (const environment of ["plan", "prod", "staging"]) {
      expect(
        trusts.filter((trust) => trust.includes(`:environment:infrastructure-${environment}"`)),
      ).toHaveLength(1);
    }
  });

  it("include the Task API if the environment has one", () => {
    const { taskApi: _, ...rest } = spoil(stagingEnvironment, "delivery", { apply: gitHub("x") });
    const systems = (environment: Environment) =>
      JSON.stringify(bootstrapOf(environment).all("aws_iam_role_policy")).includes("role/task-api-staging-*");
    expect(systems({ ...stagingEnvironment, delivery: rest.delivery })).toBe(true);
    expect(systems(rest as Environment)).toBe(false);
  });

  it("the account's requirements for roles apply to every stack; only roles in the bootstrap stack have no path", () => {
    const company = {
      permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/company",
      path: "/delivery/",
    };
    const prod: Environment = {
      ...spoil(prodEnvironment, "delivery", { apply: gitHub("x") }),
      iam: company,
    };
    for (const [template, path] of [
      [bootstrapOf(prod), undefined],
      [Template.ofApp((app) => new AutomockStack(app, "automock-prod", prod)), "/delivery/"],
    ] as const) {
      const found = template.all("aws_iam_role");
      expect(found.length).toBeGreaterThan(2);
      for (const role of found)
        expect([role.name, role.permissions_boundary, role.path]).toEqual([
          role.name,
          company.permissionsBoundaryArn,
          path,
        ]);
    }
    const rights = JSON.stringify(bootstrapOf(prod).all("aws_iam_role_policy"));
    expect(rights).toContain("role/delivery/automock-prod-*");
    expect(rights).toContain(company.permissionsBoundaryArn);
    expect(rights).not.toContain("boundary-prod");
  });

  it("roles of ephemeral environments share a boundary in the bootstrap stack", () => {
    const created = bootstrapOf(prodEnvironment)
      .all("aws_iam_policy")
      .map(({ name }) => name as string);
    expect(created.filter((name) => name.includes("boundary")).sort()).toEqual([
      "automock-bootstrap-us-east-1-boundary-prod",
      "automock-bootstrap-us-east-1-ephemeral-boundary",
      "automock-bootstrap-us-east-1-roles-boundary",
    ]);
    const stack = Template.ofApp((app) => new AutomockStack(app, "automock-demo", ephemeralEnvironment));
    for (const { permissions_boundary } of stack.all("aws_iam_role"))
      expect(permissions_boundary).toBe(
        "arn:aws:iam::123456789012:policy/automock-bootstrap-us-east-1-ephemeral-boundary",
      );
  });

  it("are created in the bootstrap stack of their account and region", () => {
    const outdir = mkdtempSync(join(tmpdir(), "app-"));
    const staging = { ...spoil(stagingEnvironment, "delivery", { apply: gitHub("x") }), region: "eu-west-1" };
    try {
      const app = buildApp({
        environments: [prodEnvironment, staging],
        bootstrap: NO_SETTINGS,
        reaperCode: FIXED_REAPER_CODE,
        outdir,
      });
      const withRole = app.node.children
        .filter((stack) => stack.node.findAll().some(({ node }) => node.id === "apply-staging"))
        .map(({ node }) => node.id);
      expect(withRole).toEqual(["bootstrap-123456789012-eu-west-1"]);
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });
});
