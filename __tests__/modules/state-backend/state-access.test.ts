import { stateKey } from "../../../contract/names";
import { applyStatePolicy, planStatePolicy } from "../../../modules/state-backend/state-access";

const access = {
  accountId: "111122223333",
  region: "eu-west-1",
  key: stateKey("automock", "prod"),
};
const bucket = "arn:aws:s3:::automock-tfstate-111122223333-eu-west-1";
const table = "arn:aws:dynamodb:eu-west-1:111122223333:table/automock-tflock-111122223333-eu-west-1";
const key = "automock/prod/terraform.tfstate";
const lockId = `automock-tfstate-111122223333-eu-west-1/${key}`;

const item = (id: string) => ({
  "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [id] },
  Null: { "dynamodb:LeadingKeys": ["false"] },
});
const allow = (Sid: string, Action: string[], Resource: string, Condition?: object) => ({
  Sid,
  Effect: "Allow",
  Action,
  Resource: [Resource],
  ...(Condition && { Condition }),
});

const list = allow("ListState", ["s3:ListBucket"], bucket, {
  StringEquals: { "s3:prefix": [key, `${key}.tflock`] },
});
const locks = [
  allow("LockInS3", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], `${bucket}/${key}.tflock`),
  allow("DescribeLockTable", ["dynamodb:DescribeTable"], table),
  allow(
    "LockInDynamoDb",
    ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"],
    table,
    item(lockId),
  ),
];

describe("state policies", () => {
  it.each([
    [
      "plan",
      planStatePolicy,
      [
        list,
        allow("ReadState", ["s3:GetObject"], `${bucket}/${key}`),
        ...locks,
        allow("ReadDigest", ["dynamodb:GetItem"], table, item(`${lockId}-md5`)),
      ],
    ],
    [
      "apply",
      applyStatePolicy,
      [
        list,
        allow("WriteState", ["s3:GetObject", "s3:PutObject"], `${bucket}/${key}`),
        ...locks,
        allow(
          "WriteDigest",
          ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"],
          table,
          item(`${lockId}-md5`),
        ),
      ],
    ],
  ] as const)("%s", (_, policy, statements) => {
    expect(JSON.parse(policy(access))).toEqual({ Version: "2012-10-17", Statement: statements });
  });

  it("cannot delete a state or access that of another stack", () => {
    for (const policy of [planStatePolicy(access), applyStatePolicy(access)]) {
      const statements = JSON.parse(policy).Statement as { Action: string[]; Resource: string[] }[];
      const deletes = statements.filter(({ Action }) => Action.includes("s3:DeleteObject"));
      expect(deletes.map(({ Resource }) => Resource)).toEqual([[`${bucket}/${key}.tflock`]]);
      expect(policy).not.toMatch(/\*"/);
    }
  });

  it("uses the partition of the region", () => {
    const china = planStatePolicy({ ...access, region: "cn-north-1" });
    expect(china.match(/arn:[a-z-]+:/g)).toEqual(Array(6).fill("arn:aws-cn:"));
  });
});
