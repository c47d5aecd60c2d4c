import { evaluate, evaluateTrust } from "../../../support/iam-evaluator/evaluate";
import { UnknownPolicyElement, type Request, type Statement } from "../../../support/iam-evaluator/policy";

const QUEUE = "arn:aws:sqs:us-east-1:111122223333:a";

function request(context: Request["context"] = {}, resource = QUEUE, action = "sqs:DeleteQueue"): Request {
  return { action, resource, context };
}

function allow(rest: Partial<Statement>): Statement {
  return { Sid: "S", Effect: "Allow", Action: "sqs:DeleteQueue", Resource: "*", ...rest };
}

const allowed = (statement: Partial<Statement>, asked: Request) =>
  evaluate([{ Statement: [allow(statement)] }], asked).kind === "allowed";

describe("decisions", () => {
  test("nobody allows: denied without a reason", () => {
    expect(evaluate([], request())).toEqual({ kind: "implicitlyDenied" });
  });

  test("an allow names its statement", () => {
    expect(evaluate([{ Statement: [allow({})] }], request())).toEqual({ kind: "allowed", by: "S" });
  });

  test("an explicit deny wins wherever it stands", () => {
    const deny: Statement = { Sid: "D", Effect: "Deny", Action: "*", Resource: "*" };
    for (const Statement of [
      [allow({}), deny],
      [deny, allow({})],
    ]) {
      expect(evaluate([{ Statement }], request())).toEqual({ kind: "denied", by: "D" });
    }
  });
});

describe("actions and resources", () => {
  test.each([
    ["sqs:DeleteQueue", true],
    ["SQS:deletequeue", true],
    ["sqs:Delete*", true],
    ["sqs:?eleteQueue", true],
    ["*", true],
    ["sqs:Delete", false],
    ["sqs:DeleteQueueNow", false],
    ["sns:DeleteQueue", false],
  ])("action %s: %s", (Action, expected) => {
    expect(allowed({ Action }, request())).toBe(expected);
  });

  test.each([
    [QUEUE, true],
    ["arn:aws:sqs:*:*:a", true],
    ["arn:aws:sqs:us-east-1:111122223333:A", false],
    ["arn:aws:sqs:us-east-1:111122223333:", false],
    ["arn:aws:sqs:us-east-1:111122223333:${aws:PrincipalTag/env}", true],
    ["arn:aws:sqs:us-east-1:111122223333:${aws:PrincipalTag/other}", false],
    ["arn:aws:sqs:us-east-1:111122223333:${aws:PrincipalTag/other, 'a'}", true],
  ])("resource %s: %s", (Resource, expected) => {
    expect(allowed({ Resource }, request({ "aws:PrincipalTag/env": "a" }))).toBe(expected);
  });

  test("a star in a tag value is only a star", () => {
    const Resource = "arn:aws:sqs:us-east-1:111122223333:${aws:PrincipalTag/env}";
    expect(allowed({ Resource }, request({ "aws:PrincipalTag/env": "*" }))).toBe(false);
  });

  test("not-action and not-resource turn round", () => {
    expect(allowed({ Action: undefined, NotAction: "sqs:Send*" }, request())).toBe(true);
    expect(allowed({ Action: undefined, NotAction: "sqs:*" }, request())).toBe(false);
    expect(allowed({ Resource: undefined, NotResource: QUEUE }, request())).toBe(false);
    expect(allowed({ Resource: undefined, NotResource: "arn:aws:s3:::x" }, request())).toBe(true);
  });
});

describe("conditions", () => {
  test.each<[string, string, string | string[], Request["context"], boolean]>([
    ["StringEquals", "k", "a", { k: "a" }, true],
    ["StringEquals", "K", "a", { k: "a" }, true],
    ["StringEquals", "k", ["a", "b"], { k: "b" }, true],
    ["StringEquals", "k", "a", { k: "A" }, false],
    ["StringEquals", "k", "a*", { k: "ab" }, false],
    ["StringEquals", "k", "a", {}, false],
    ["StringEqualsIfExists", "k", "a", {}, true],
    ["StringEqualsIfExists", "k", "a", { k: "b" }, false],
    ["StringEqualsIgnoreCase", "k", "a", { k: "A" }, true],
    ["StringNotEquals", "k", "a", { k: "b" }, true],
    ["StringNotEquals", "k", ["a", "b"], { k: "b" }, false],
    ["StringNotEquals", "k", "a", {}, true],
    ["StringNotEqualsIfExists", "k", "a", {}, true],
    ["StringNotEqualsIfExists", "k", "a", { k: "b" }, true],
    ["StringNotEqualsIfExists", "k", "a", { k: "a" }, false],
    ["StringLike", "k", "a*", { k: "ab" }, true],
    ["StringLike", "k", "a*", { k: "ba" }, false],
    ["StringNotLike", "k", "a*", { k: "ab" }, false],
    ["ArnEquals", "k", "arn:aws:ec2:*:1:vpc/x", { k: "arn:aws:ec2:r:1:vpc/x" }, true],
    ["ArnLike", "k", "arn:aws:*:vpc/x", { k: "arn:aws:ec2:r:1:vpc/x" }, false],
    ["ArnEquals", "k", "arn:aws:ec2:r:1:vpc/${v:w}", { k: "arn:aws:ec2:r:1:vpc/x", "v:w": "x" }, true],
    ["ArnEquals", "k", "arn:aws:ec2:r:1:vpc/${v:w}", { k: "arn:aws:ec2:r:1:vpc/x" }, false],
    ["ArnNotEquals", "k", "arn:aws:ec2:r:1:vpc/x", { k: "arn:aws:ec2:r:1:vpc/y" }, true],
    ["Bool", "k", "true", { k: "true" }, true],
    ["Bool", "k", "true", { k: "false" }, false],
    ["Bool", "k", "true", {}, false],
    ["BoolIfExists", "k", "true", {}, true],
    ["Null", "k", "true", {}, true],
    ["Null", "k", "true", { k: "a" }, false],
    ["Null", "k", "false", { k: "a" }, true],
    ["Null", "k", "false", {}, false],
    ["NumericLessThan", "k", "10", { k: "9" }, true],
    ["NumericLessThan", "k", "10", { k: "10" }, false],
    ["ForAllValues:StringEquals", "k", ["a", "b"], { k: ["a", "b"] }, true],
    ["ForAllValues:StringEquals", "k", ["a"], { k: ["a", "b"] }, false],
    ["ForAllValues:StringEquals", "k", ["a"], {}, true],
    ["ForAllValues:StringLike", "k", ["a*"], { k: ["ab", "ac"] }, true],
    ["ForAnyValue:StringEquals", "k", ["a"], { k: ["b", "a"] }, true],
    ["ForAnyValue:StringEquals", "k", ["a"], { k: ["b"] }, false],
    ["ForAnyValue:StringEquals", "k", ["a"], {}, false],
    ["ForAnyValue:StringLike", "k", ["*-md5"], { k: ["x-md5"] }, true],
  ])("%s %s %j of %j: %s", (operator, key, wanted, context, expected) => {
    expect(allowed({ Condition: { [operator]: { [key]: wanted } } }, request(context))).toBe(expected);
  });

  test("variables: equal tags match, two missing tags do not", () => {
    const Condition = { StringEquals: { "aws:ResourceTag/env": "${aws:PrincipalTag/env}" } };
    expect(allowed({ Condition }, request({ "aws:ResourceTag/env": "a", "aws:PrincipalTag/env": "a" }))).toBe(
      true,
    );
    expect(allowed({ Condition }, request({ "aws:ResourceTag/env": "b", "aws:PrincipalTag/env": "a" }))).toBe(
      false,
    );
    expect(allowed({ Condition }, request({ "aws:ResourceTag/env": "a" }))).toBe(false);
    expect(allowed({ Condition }, request({ "aws:PrincipalTag/env": "a" }))).toBe(false);
    expect(allowed({ Condition }, request())).toBe(false);
  });

  test("all keys of all operators must hold", () => {
    const Condition = { StringEquals: { a: "1", b: "2" }, Null: { c: "true" } };
    expect(allowed({ Condition }, request({ a: "1", b: "2" }))).toBe(true);
    expect(allowed({ Condition }, request({ a: "1", b: "3" }))).toBe(false);
    expect(allowed({ Condition }, request({ a: "1", b: "2", c: "3" }))).toBe(false);
  });

  test("an operator it does not know is an error, not a mismatch", () => {
    expect(() => allowed({ Condition: { DateEquals: { k: "x" } } }, request({ k: "x" }))).toThrow(
      new UnknownPolicyElement("condition operator DateEquals"),
    );
  });
});

describe("trust", () => {
  const reaper = "arn:aws:iam::111122223333:role/reaper";
  const policy = {
    Statement: [
      { Sid: "T", Effect: "Allow", Principal: { AWS: reaper }, Action: "sts:AssumeRole" } satisfies Statement,
    ],
  };
  const asked = { action: "sts:AssumeRole", resource: "arn:aws:iam::111122223333:role/cleanup", context: {} };

  test("the named principal may, another may not", () => {
    expect(evaluateTrust(policy, reaper, asked)).toEqual({ kind: "allowed", by: "T" });
    expect(evaluateTrust(policy, `${reaper}-2`, asked)).toEqual({ kind: "implicitlyDenied" });
  });
});
