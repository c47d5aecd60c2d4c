import fc from "fast-check";
import { faultAnswer, Faults, type FaultRule, type Occurrence } from "../../../local/gateway/faults";
import type { Operation } from "../../../local/gateway/operation";

const call: Operation = { protocol: "ec2", service: "ec2", operation: "DeleteSubnet", resource: "subnet-1" };
const rule = (part: Partial<FaultRule>): FaultRule => ({
  id: "r",
  occurrence: { always: true },
  fault: { kind: "throttling" },
  ...part,
});
function fires(occurrence: Occurrence, calls: number): boolean[] {
  const faults = new Faults();
  faults.add(rule({ occurrence }));
  return Array.from({ length: calls }, () => faults.next(call) !== undefined);
}

describe("which calls", () => {
  it.each<[Partial<FaultRule>, boolean]>([
    [{}, true],
    [{ service: "ec2" }, true],
    [{ service: "ecs" }, false],
    [{ operation: "DeleteSubnet" }, true],
    [{ operation: "Delete" }, false],
    [{ operation: /^Delete/ }, true],
    [{ operation: /^Describe/g }, false],
    [{ resource: "subnet-1" }, true],
    [{ resource: /subnet-[23]/ }, false],
    [{ service: "ec2", operation: /^Delete/, resource: "subnet-2" }, false],
  ])("%p matches: %p", (part, expected) => {
    const faults = new Faults();
    faults.add(rule(part));
    expect(faults.next(call) !== undefined).toBe(expected);
  });

  it("tells callers apart by their user agent", () => {
    const faults = new Faults();
    faults.add(rule({ client: /app\/reaper/ }));
    const by = (agent?: string) =>
      faults.next({ ...call, ...(agent && { headers: { "user-agent": agent } }) }) !== undefined;
    expect([by("aws-sdk-js/3 app/reaper"), by("APN/1.0 HashiCorp"), by()]).toEqual([true, false, false]);
  });

  it("takes the first rule that is due, and replaces a rule of the same id", () => {
    const faults = new Faults();
    faults.add(rule({ id: "a", occurrence: { fail: 1, pass: 0, once: true } }));
    faults.add(rule({ id: "b" }));
    expect([faults.next(call)?.rule.id, faults.next(call)?.rule.id]).toEqual(["a", "b"]);
    faults.add(rule({ id: "b", service: "ecs" }));
    expect(faults.next(call)).toBeUndefined();
  });

  it("forgets rules one by one or all", () => {
    const faults = new Faults();
    for (const id of ["a", "b", "c"]) faults.add(rule({ id }));
    faults.remove("a");
    expect(faults.next(call)?.rule.id).toBe("b");
    faults.clear();
    expect(faults.next(call)).toBeUndefined();
  });
});

describe("how often", () => {
  it("repeats a sequence", () => {
    expect(fires({ fail: 2, pass: 1 }, 7)).toEqual([true, true, false, true, true, false, true]);
  });

  it("or runs it once", () =>
    expect(fires({ fail: 2, pass: 1, once: true }, 5)).toEqual([true, true, false, false, false]));

  it("gives the same hits for the same seed, about as often as asked", () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, probability) => {
        const hits = fires({ probability, seed }, 2000);
        expect(fires({ probability, seed }, 2000)).toEqual(hits);
        expect(Math.abs(hits.filter(Boolean).length / 2000 - probability)).toBeLessThan(0.08);
      }),
      { numRuns: 25 },
    );
  });

  it.each([0, 1])("probability %d is certain", (probability) => {
    expect(new Set(fires({ probability, seed: 1 }, 50))).toEqual(new Set([probability === 1]));
  });

  it.each([-0.1, 1.1, Number.NaN])("refuses probability %p", (probability) => {
    expect(() => fires({ probability, seed: 1 }, 1)).toThrow(
      `Fault rule "r": probability is ${probability}; give a number from 0 to 1.`,
    );
  });

  it.each([
    [0, 1],
    [1.5, 1],
    [1, -1],
  ])("refuses fail %p, pass %p", (fail, pass) => {
    expect(() => fires({ fail, pass }, 1)).toThrow(
      `Fault rule "r": fail is ${fail} and pass is ${pass}; give whole numbers, fail at least 1.`,
    );
  });
});

describe("shapes", () => {
  const shape = (fault: FaultRule["fault"], operation: Partial<Operation>) => {
    const answer = faultAnswer(fault, { ...call, ...operation });
    return (
      answer && [
        answer.status,
        answer.headers["x-amzn-errortype"] ?? answer.headers["content-type"],
        answer.body.toString(),
      ]
    );
  };
  const sender = (code: string, message: string) =>
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>` +
    `<RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>`;

  it.each<[string, Partial<Operation>, unknown[]]>([
    [
      "JSON 1.1",
      { protocol: "json-1.1", service: "ecs" },
      [400, "ThrottlingException", '{"__type":"ThrottlingException","message":"Rate exceeded"}'],
    ],
    [
      "tagging",
      { protocol: "json-1.1", service: "tagging" },
      [400, "ThrottledException", '{"__type":"ThrottledException","message":"Rate exceeded"}'],
    ],
    [
      "Lambda",
      { protocol: "rest-json", service: "lambda" },
      [429, "TooManyRequestsException", '{"message":"Rate exceeded"}'],
    ],
    [
      "Scheduler",
      { protocol: "rest-json", service: "scheduler" },
      [429, "ThrottlingException", '{"message":"Rate exceeded"}'],
    ],
    ["IAM", { protocol: "query", service: "iam" }, [400, "text/xml", sender("Throttling", "Rate exceeded")]],
    [
      "EC2",
      {},
      [
        503,
        "text/xml",
        "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error></Errors>" +
          "<RequestID>00000000-0000-4000-8000-000000000000</RequestID></Response>",
      ],
    ],
    [
      "S3",
      { protocol: "rest-xml", service: "s3" },
      [
        503,
        "text/xml",
        "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message>" +
          "<RequestId>00000000-0000-4000-8000-000000000000</RequestId></Error>",
      ],
    ],
    [
      "Route 53",
      { protocol: "rest-xml", service: "route53" },
      [400, "text/xml", sender("Throttling", "Rate exceeded")],
    ],
  ])("throttles %s as AWS does", (_, operation, expected) => {
    expect(shape({ kind: "throttling" }, operation)).toEqual(expected);
  });

  it("throttles CBOR clients with a CBOR map", () => {
    const answer = faultAnswer({ kind: "throttling" }, { ...call, protocol: "cbor", service: "monitoring" });
    expect(answer?.headers).toEqual({ "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" });
    const hex = (text: string) => Buffer.from(text).toString("hex");
    expect(answer?.body.toString("hex")).toBe(
      `a266${hex("__type")}73${hex("ThrottlingException")}67${hex("message")}6d${hex("Rate exceeded")}`,
    );
  });

  it.each<[FaultRule["fault"]["kind"], Partial<Operation>, number, string]>([
    ["accessDenied", {}, 403, "<Code>UnauthorizedOperation</Code>"],
    ["accessDenied", { protocol: "json-1.1", service: "ecs" }, 400, '"__type":"AccessDeniedException"'],
    ["accessDenied", { protocol: "rest-xml", service: "s3" }, 403, "<Code>AccessDenied</Code>"],
    ["expiredToken", {}, 400, "<Code>RequestExpired</Code>"],
    ["expiredToken", { protocol: "json-1.0", service: "dynamodb" }, 400, '"__type":"ExpiredTokenException"'],
    ["expiredToken", { protocol: "rest-xml", service: "s3" }, 400, "<Code>ExpiredToken</Code>"],
    ["expiredToken", { protocol: "query", service: "iam" }, 403, "<Code>ExpiredToken</Code>"],
    ["serverError", {}, 500, "<Code>InternalError</Code>"],
    ["serverError", { protocol: "json-1.1", service: "ecs" }, 500, '"__type":"InternalServerException"'],
  ])("%s of %p is %d", (kind, operation, status, part) => {
    const answer = faultAnswer({ kind } as FaultRule["fault"], { ...call, ...operation });
    expect(answer?.status).toBe(status);
    expect(answer?.body.toString()).toContain(part);
  });

  it("can be a bare status", () => {
    expect(faultAnswer({ kind: "serverError", status: 503, emptyBody: true }, call)).toEqual({
      status: 503,
      headers: {},
      body: Buffer.alloc(0),
    });
  });

  it("has no answer for held and closed connections", () => {
    expect(faultAnswer({ kind: "held", until: Promise.resolve() }, call)).toBeUndefined();
    expect(faultAnswer({ kind: "connectionClosed", when: "halfWay" }, call)).toBeUndefined();
  });
});
