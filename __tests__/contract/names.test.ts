import fc from "fast-check";
import {
  fitName,
  lockTableName,
  NAME_LIMITS,
  Names,
  type BucketPurpose,
  partitionOf,
  stableHash,
  stateBucketName,
  stateKey,
  type NameKind,
} from "../../contract/names";

const scope = { system: "automock", environment: "prod", accountId: "111122223333", region: "eu-west-1" };
const names = new Names(scope);

const slug = fc.stringMatching(/^[a-z][a-z0-9]{0,9}(-[a-z0-9]{1,9}){0,6}$/);
const kinds = Object.keys(NAME_LIMITS) as NameKind[];

describe("names", () => {
  it.each([
    ["alb", names.name("loadBalancer", "alb"), "automock-prod-alb"],
    ["without a purpose", names.name("cluster"), "automock-prod"],
    ["bucket", names.bucket("config"), "automock-prod-config-111122223333-eu-west-1"],
    ["log group", names.logGroup("mockserver"), "/automock-prod/mockserver"],
    ["regional ARN", names.arn("ecs", "cluster/x"), "arn:aws:ecs:eu-west-1:111122223333:cluster/x"],
    ["IAM ARN", names.iamArn("role/x"), "arn:aws:iam::111122223333:role/x"],
    ["bucket ARN", names.bucketArn("b"), "arn:aws:s3:::b"],
    ["object ARN", names.bucketArn("b", "k/l"), "arn:aws:s3:::b/k/l"],
    ["state bucket", stateBucketName("1", "r"), "automock-tfstate-1-r"],
    ["lock table", lockTableName("1", "r"), "automock-tflock-1-r"],
    ["state key", stateKey("automock", "prod"), "automock/prod/terraform.tfstate"],
  ])("%s", (_, actual, expected) => expect(actual).toBe(expected));

  it.each([
    ["us-east-1", "aws"],
    ["cn-north-1", "aws-cn"],
    ["us-gov-west-1", "aws-us-gov"],
  ])("partition of %s is %s", (region, partition) => expect(partitionOf(region)).toBe(partition));

  it("no name is longer than AWS allows or ends in a hyphen", () => {
    fc.assert(
      fc.property(slug, slug, slug, (system, environment, purpose) => {
        const made = new Names({ ...scope, system, environment });
        for (const kind of kinds) {
          const name =
            kind === "bucket"
              ? made.bucket(purpose as BucketPurpose)
              : kind === "logGroup"
                ? made.logGroup(purpose)
                : kind === "targetGroup"
                  ? made.targetGroup(purpose, { port: 1080 })
                  : made.name(kind, purpose);
          expect(name.length).toBeLessThanOrEqual(NAME_LIMITS[kind]);
          expect(name).not.toMatch(/--|-$/);
        }
      }),
    );
  });

  it("different long names stay different when cut", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(slug, { minLength: 2, maxLength: 8 }),
        fc.constantFrom(...kinds),
        (ends, kind) => {
          const start = "a".repeat(NAME_LIMITS[kind]);
          const cut = ends.map((end) => fitName(kind, `${start}-${end}`));
          expect(new Set(cut).size).toBe(ends.length);
        },
      ),
    );
  });

  it("keeps a name that just fits and cuts one that is one character longer", () => {
    const exact = "a".repeat(32);
    expect(fitName("loadBalancer", exact)).toBe(exact);
    expect(fitName("loadBalancer", `${exact}b`)).toBe(`${"a".repeat(23)}-${stableHash(`${exact}b`)}`);
  });
});

describe("target group names", () => {
  it("change with a property that forces replacement", () => {
    const http = names.targetGroup("blue", { port: 1080, protocol: "HTTP" });
    const other = names.targetGroup("blue", { port: 1081, protocol: "HTTP" });
    expect(http).not.toBe(other);
    expect(http).toMatch(/^automock-prod-blue-[0-9a-f]{6}$/);
  });

  it("do not depend on the order of the properties", () => {
    expect(names.targetGroup("blue", { a: 1, b: 2 })).toBe(names.targetGroup("blue", { b: 2, a: 1 }));
  });

  it("differ for two long environment names", () => {
    const make = (environment: string) =>
      new Names({ ...scope, environment }).targetGroup("blue", { port: 1080 });
    expect(make("a-very-long-environment-one")).not.toBe(make("a-very-long-environment-two"));
  });
});
