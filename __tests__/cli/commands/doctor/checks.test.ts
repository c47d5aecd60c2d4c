import { createColors } from "picocolors";
import { checkAccounts, checkCredentials, checkRegion } from "../../../../cli/commands/doctor/account";
import { checkBackend } from "../../../../cli/commands/doctor/backend";
import { nodeCheck } from "../../../../cli/commands/doctor/tools";
import { diagnosisText } from "../../../../cli/commands/doctor/view";
import { awsError, fakeClients, type Answers } from "../../../support/fake-clients";

const place = { accountId: "111122223333", region: "us-east-1" };

it.each([
  ["20.9.0", "warning"],
  ["20.10.1", "warning"],
  ["22.0.0", "ok"],
  ["20.8.9", "failed"],
  ["18.20.0", "failed"],
])("node %s is %s for >=20.9", (version, status) =>
  expect(nodeCheck(version, ">=20.9")).toMatchObject({ name: "node", status }),
);

describe("credentials", () => {
  const check = (answer: () => object) => checkCredentials(fakeClients({ GetCallerIdentity: answer }).sts);

  it("are shown with the ARN that STS returns", async () => {
    expect(await check(() => ({ Account: "111122223333", Arn: "arn:me" }))).toEqual({
      accountId: "111122223333",
      check: { name: "credentials", status: "ok", found: "arn:me" },
    });
  });

  it.each([
    [
      awsError("CredentialsProviderError", "nothing found"),
      "There are no usable AWS credentials (nothing found).",
      "Log in (aws sso login), or name a profile with --profile.",
    ],
    [
      awsError("ExpiredToken"),
      "The AWS credentials are invalid or have expired (ExpiredToken). Log in again (aws sso login), or name another --profile.",
      "Log in, or name a profile with --profile.",
    ],
    [new Error("odd"), "odd", "Log in, or name a profile with --profile."],
  ])("fail the check if they do not work: %#", async (error, found, fix) => {
    const answer = await check(() => {
      throw error;
    });
    expect(answer).toEqual({ check: { name: "credentials", status: "failed", found, fix } });
  });
});

it("compares the accounts of the environments with the account of the credentials", () => {
  const other = { ...place, accountId: "999999999999" };
  const status = (accountId: string | undefined, ...places: (typeof place)[]) =>
    checkAccounts(accountId, places).map((check) => [check.name, check.status]);
  const [mine, its] = ["account 111122223333", "account 999999999999"];
  expect(status("111122223333", place, { ...place, region: "eu-west-1" })).toEqual([[mine, "ok"]]);
  expect(status("111122223333", place, other)).toEqual([
    [mine, "ok"],
    [its, "warning"],
  ]);
  expect(status("555555555555", place, other)).toEqual([
    [mine, "failed"],
    [its, "failed"],
  ]);
  expect(status(undefined, place)).toEqual([[mine, "skipped"]]);
  expect(checkAccounts("555555555555", [place])[0]).toMatchObject({
    found: "the credentials belong to 555555555555",
    fix: "Name a profile of that account with --profile, or correct accountId in the environment.",
  });
});

it.each([
  [[{ RegionName: "us-east-1", OptInStatus: "opt-in-not-required" }], "ok"],
  [[{ RegionName: "us-east-1", OptInStatus: "opted-in" }], "ok"],
  [[{ RegionName: "us-east-1", OptInStatus: "not-opted-in" }], "failed"],
  [[], "failed"],
])("checks whether the account may use the region: %#", async (Regions, status) => {
  const { ec2 } = fakeClients({ DescribeRegions: () => ({ Regions }) });
  expect(await checkRegion(ec2, place)).toMatchObject({ name: "region us-east-1", status });
});

describe("the state backend", () => {
  const missing = (name: string) => () => {
    throw awsError(name);
  };
  const THERE = {
    HeadBucket: () => ({}),
    GetBucketVersioning: () => ({ Status: "Enabled" }),
    DescribeTable: () => ({ Table: { TableStatus: "ACTIVE" } }),
    GetFunctionConfiguration: () => ({ State: "Active" }),
  } satisfies Answers;
  const check = async (answers: Answers) =>
    (await checkBackend(fakeClients({ ...THERE, ...answers }), place, "automock bootstrap")).map(
      ({ name, status, found, fix }) => [name, status, found, fix],
    );
  const bucket = "automock-tfstate-111122223333-us-east-1";
  const lockTable = "automock-tflock-111122223333-us-east-1";
  const registry = "automock-environments-111122223333-us-east-1";
  const reaper = "automock-bootstrap-us-east-1-reaper";

  it("passes if every part exists", async () => {
    expect(await check({})).toEqual([
      ["state bucket", "ok", bucket, undefined],
      ["lock table", "ok", lockTable, undefined],
      ["registry", "ok", registry, undefined],
      ["reaper", "ok", reaper, undefined],
    ]);
  });

  it("fails for each missing part, with the command that creates it", async () => {
    expect(
      await check({
        HeadBucket: missing("NotFound"),
        DescribeTable: missing("ResourceNotFoundException"),
        GetFunctionConfiguration: missing("ResourceNotFoundException"),
      }),
    ).toEqual([
      ["state bucket", "failed", `${bucket} does not exist`, "automock bootstrap"],
      ["lock table", "failed", `${lockTable} does not exist`, "automock bootstrap"],
      ["registry", "failed", `${registry} does not exist`, "automock bootstrap"],
      ["reaper", "failed", `${reaper} does not exist`, "automock bootstrap"],
    ]);
  });

  it("fails for parts that exist but are not usable", async () => {
    expect(
      await check({
        GetBucketVersioning: () => ({}),
        DescribeTable: () => ({ Table: { TableStatus: "CREATING" } }),
        GetFunctionConfiguration: () => ({ State: "Failed" }),
      }),
    ).toEqual([
      [
        "state bucket",
        "failed",
        `${bucket} does not keep earlier versions of the state`,
        "automock bootstrap",
      ],
      ["lock table", "failed", `${lockTable} is CREATING`, "automock bootstrap"],
      ["registry", "failed", `${registry} is CREATING`, "automock bootstrap"],
      ["reaper", "failed", `${reaper} is Failed`, "automock bootstrap"],
    ]);
  });

  it("does not mistake denied access for a missing part", async () => {
    const denied = awsError("AccessDenied");
    const answers = {
      HeadBucket: () => {
        throw denied;
      },
    };
    await expect(check(answers)).rejects.toBe(denied);
  });
});

it("shows each status as a word", () => {
  const checks = [
    { name: "node", status: "ok", found: "22" },
    { name: "terraform", status: "failed", found: "Not there.\nReally.", fix: "Install it." },
    { name: "spot", status: "warning", found: "tight", fix: "Ask." },
    { name: "registry", status: "skipped", found: "requires credentials" },
  ] as const;
  expect(diagnosisText({ ok: false, checks }, createColors(false))).toBe(
    `ok       node       22
failed   terraform  Not there.
         Really.
         -> Install it.
warning  spot       tight
         -> Ask.
skipped  registry   requires credentials

1 ok, 1 warning, 1 failed, 1 skipped`,
  );
});
