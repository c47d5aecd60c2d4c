import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import {
  escapeTemplate,
  policyDocument,
  type PolicyStatement,
} from "../../../modules/shared/policy-document";
import { Template } from "../../support/template";

const read: PolicyStatement = { sid: "Read", actions: ["s3:GetObject"], resources: ["arn:aws:s3:::b/k"] };

describe("policyDocument", () => {
  it("writes a statement with the default effect and without unset fields", () => {
    expect(policyDocument([read])).toBe(
      '{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::b/k"]}]}',
    );
  });

  it("writes every field of a statement, with sorted keys and lists in the given order", () => {
    const document = policyDocument([
      {
        sid: "All",
        effect: "Deny",
        actions: ["s3:PutObject", "s3:GetObject"],
        resources: ["r2", "r1"],
        principals: { Service: ["b", "a"], AWS: ["*"] },
        conditions: {
          StringLike: { "aws:b": ["y", "x"], "aws:a": ["1"] },
          Bool: { "aws:SecureTransport": ["false"] },
        },
      },
    ]);
    expect(document).toBe(
      '{"Version":"2012-10-17","Statement":[{"Sid":"All","Effect":"Deny",' +
        '"Principal":{"AWS":["*"],"Service":["b","a"]},"Action":["s3:PutObject","s3:GetObject"],"Resource":["r2","r1"],' +
        '"Condition":{"Bool":{"aws:SecureTransport":["false"]},"StringLike":{"aws:a":["1"],"aws:b":["y","x"]}}}]}',
    );
  });

  it("accepts a trust policy, which has no resource", () => {
    const trust = { sid: "T", actions: ["sts:AssumeRole"], principals: { Service: ["x.amazonaws.com"] } };
    expect(JSON.parse(policyDocument([trust])).Statement).toEqual([
      { Sid: "T", Effect: "Allow", Principal: { Service: ["x.amazonaws.com"] }, Action: ["sts:AssumeRole"] },
    ]);
  });

  const empty = (list: string) =>
    `Policy statement "Read" has no ${list}: add at least one or remove the statement.`;
  const sid = (text: string) => `Policy statement sid "${text}" is malformed: use letters and digits only.`;

  it.each<[string, PolicyStatement[], string]>([
    ["no statement", [], "The policy has no statements. Add at least one or omit the policy."],
    ["no-empty-policy-resource", [{ ...read, resources: [] }], empty("resources")],
    ["resources left out", [{ ...read, resources: undefined }], empty("resources")],
    ["no actions", [{ ...read, actions: [] }], empty("actions")],
    ["empty principals", [{ ...read, principals: {} }], empty("principals")],
    ["a principal without value", [{ ...read, principals: { AWS: [] } }], empty('principals of kind "AWS"')],
    [
      "a condition without value",
      [{ ...read, conditions: { StringEquals: { "aws:SourceAccount": [] } } }],
      empty('values for condition StringEquals "aws:SourceAccount"'),
    ],
    [
      "empty notResources",
      [{ ...read, effect: "Deny", resources: undefined, notResources: [] }],
      empty("resources"),
    ],
    [
      "everything but some allowed",
      [{ ...read, resources: undefined, notResources: ["arn:aws:s3:::b"] }],
      'Policy statement "Read" has notResources, which is only for a Deny without resources: use resources.',
    ],
    [
      "both kinds of resources",
      [{ ...read, effect: "Deny", notResources: ["arn:aws:s3:::b"] }],
      'Policy statement "Read" has notResources, which is only for a Deny without resources: use resources.',
    ],
    [
      "every action but some allowed",
      [{ ...read, allActionsBut: true }],
      'Policy statement "Read" has allActionsBut, which is for a Deny: name the actions.',
    ],
    ["an empty sid", [{ ...read, sid: "" }], sid("")],
    ["a sid with a hyphen", [{ ...read, sid: "a-b" }], sid("a-b")],
    [
      "a sid used twice",
      [read, read],
      'Policy statement "Read" is a duplicate. Give each statement its own sid.',
    ],
    [
      "a bad statement behind a good one",
      [
        { ...read, sid: "Good" },
        { ...read, actions: [] },
      ],
      empty("actions"),
    ],
  ])("rejects %s", (_, statements, message) => {
    expect(() => policyDocument(statements)).toThrow(new Error(message));
  });
});

it("denies everything except the listed actions", () => {
  const statement: PolicyStatement = {
    ...read,
    effect: "Deny",
    resources: undefined,
    notResources: ["arn:aws:s3:::b"],
  };
  const { Statement } = JSON.parse(policyDocument([statement])) as { Statement: Record<string, unknown>[] };
  expect(Statement).toHaveLength(1);
  expect(Statement[0]).toMatchObject({ Effect: "Deny", NotResource: ["arn:aws:s3:::b"] });
  expect(Statement[0]).not.toHaveProperty("Resource");
});

it("a Deny statement can exclude actions", () => {
  const statement: PolicyStatement = { ...read, effect: "Deny", allActionsBut: true };
  const { Statement } = JSON.parse(policyDocument([statement])) as { Statement: Record<string, unknown>[] };
  expect(Statement).toEqual([
    { Sid: "Read", Effect: "Deny", NotAction: read.actions, Resource: read.resources },
  ]);
});

describe("escapeTemplate", () => {
  it.each([
    ["an IAM variable", "a/${aws:PrincipalTag/team}/*", "a/$${aws:PrincipalTag/team}/*"],
    ["two of them", "${a}${b}", "$${a}$${b}"],
    ["an escaped variable", "$${aws:username}", "$${aws:username}"],
    ["a placeholder of cdktf", "${TfToken[TOKEN.7]}", "${TfToken[TOKEN.7]}"],
    ["text without a brace", "$1 {x}", "$1 {x}"],
  ])("%s", (_, given, expected) => expect(escapeTemplate(given)).toBe(expected));

  it("distinguishes IAM variables from references in one document", () => {
    const template = Template.of((stack) => {
      const topic = new SnsTopic(stack, "topic");
      const resources = ["arn:aws:s3:::b/${aws:PrincipalTag/team}", topic.arn];
      new IamPolicy(stack, "policy", { policy: policyDocument([{ ...read, resources }]) });
    });
    expect(JSON.parse(template.sole("aws_iam_policy").policy).Statement[0].Resource).toEqual([
      "arn:aws:s3:::b/$${aws:PrincipalTag/team}",
      "${aws_sns_topic.topic.arn}",
    ]);
  });
});
