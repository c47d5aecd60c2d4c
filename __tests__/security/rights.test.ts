import { delivery } from "../support/delivery";
import { read, tableUnder, updateTable } from "../support/markdown";
import { lacks, operations } from "../support/iam-evaluator/operations";
import { decideFor, rolesOf } from "../support/iam-evaluator/roles";
import { synthesize } from "../support/golden";

/** What every role may do, counted as AWS counts: an operation is allowed when each of its rights is. */

const [ACCOUNT, REGION] = ["123456789012", "us-east-1"];
const HEADING = "What each role may do";
const roles = [...synthesize(delivery).values()]
  .flatMap((text) => rolesOf(text, ACCOUNT, REGION))
  .sort((a, b) => (a.name < b.name ? -1 : 1));
const all = operations(ACCOUNT, REGION);

const roleNamed = (end: string) => {
  const found = roles.filter(({ name }) => name.endsWith(end));
  if (found.length !== 1) throw new Error(`${found.length} roles end in ${end}`);
  return found[0]!;
};
const mayDo = (end: string) =>
  all.filter((operation) => lacks(roleNamed(end), operation, REGION) === undefined).map(({ name }) => name);

it("the document has the table that the evaluator computes (npm run golden:update rewrites it)", () => {
  const table = [
    ["operation", "roles"],
    ...all.map((operation) => [
      operation.name,
      roles.filter((role) => lacks(role, operation, REGION) === undefined).map(({ name }) => `\`${name}\``).join(", ") || "none", // prettier-ignore
    ]),
  ];
  updateTable("docs/security.md", HEADING, table);
  expect(tableUnder(read("docs/security.md"), HEADING)).toEqual(table);
});

it("every role of prod, staging and bootstrap is evaluated", () => expect(roles).toHaveLength(20));

describe("plan", () => {
  it("reads every state, its digest, the registry and the expectations, and nothing else", () =>
    expect(mayDo("plan-prod")).toEqual([
      "read the state of automock-prod",
      "read the state of automock-staging",
      "read the state of task-api-prod",
      "read the state of bootstrap-shared",
      "read the expectations of automock-prod",
      "read the expectations of automock-staging",
      "read a record of the registry",
    ]));

  const decrypt = (context: Record<string, string>) =>
    decideFor(
      roleNamed("plan-prod"),
      { action: "kms:Decrypt", resource: `arn:aws:kms:${REGION}:${ACCOUNT}:key/aws-s3`, context },
      REGION,
    );
  const s3 = { "kms:ViaService": `s3.${REGION}.amazonaws.com` };
  const STATES = `arn:aws:s3:::automock-tfstate-${ACCOUNT}-${REGION}`;

  it.each([
    ["by a request of its own", {}, "NoDirectDecryption"],
    ["through Secrets Manager", { "kms:ViaService": `secretsmanager.${REGION}.amazonaws.com` }, "NoDirectDecryption"], // prettier-ignore
    ["through S3 of another region", { "kms:ViaService": "s3.eu-west-1.amazonaws.com" }, "NoDirectDecryption"], // prettier-ignore
    ["an object of another bucket", { ...s3, "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::customers" }, "NoOtherBuckets"], // prettier-ignore
    ["a bucket that only starts like the states' one", { ...s3, "kms:EncryptionContext:aws:s3:arn": `${STATES}-copy` }, "NoOtherBuckets"], // prettier-ignore
    ["what S3 does not name", s3, "NoOtherBuckets"],
    ["another table", { "kms:ViaService": `dynamodb.${REGION}.amazonaws.com`, "kms:EncryptionContext:aws:dynamodb:tableName": "customers" }, "NoOtherTables"], // prettier-ignore
  ])("does not decrypt %s", (_, context, by) => expect(decrypt(context)).toEqual({ kind: "denied", by }));

  it("decrypts states with and without a bucket key", () => {
    for (const arn of [STATES, `${STATES}/automock/prod/terraform.tfstate`])
      expect(decrypt({ ...s3, "kms:EncryptionContext:aws:s3:arn": arn }).kind).toBe("allowed");
  });
});
