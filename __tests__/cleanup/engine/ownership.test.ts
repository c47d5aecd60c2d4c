import { judge, type Claim, type Evidence } from "../../../cleanup/engine/ownership";
import type { EnvScope, Found } from "../../../cleanup/engine/resource";
import { TAG } from "../../../contract/tags";
import { ACCOUNT, REGION } from "../../support/reaper-values";

const env: EnvScope = {
  environment: "pr-1",
  system: "automock",
  accountId: ACCOUNT,
  region: REGION,
  ownedVpcIds: ["vpc-own"],
  hints: new Map(),
};

const OURS = { [TAG.environment]: "pr-1", [TAG.ephemeral]: "true", [TAG.system]: "automock" };

const REASON = { own: "managed as x.y", foreign: "only read, as data.x.y" };

const claim = (says: Claim["says"], type: string | undefined, ...ids: string[]): Claim => ({
  says,
  type,
  ids,
  reason: REASON[says],
});

const evidence = (changes: Partial<Evidence> = {}): Evidence => ({
  env,
  claims: [],
  byo: [],
  untouchable: ["automock-tfstate-1", "automock-tflock-1"],
  ...changes,
});

const thing = (changes: Partial<Found> = {}): Found => ({
  type: "ec2:thing",
  id: "thing-1",
  tags: {},
  ...changes,
});

const verdict = (found: Found, about = evidence(), handler = {}) => {
  const { verdict: result, proofs, vetoes } = judge(found, handler, about);
  return [result, proofs, vetoes];
};

describe("a proof", () => {
  it("is needed: without one everything is foreign", () => {
    expect(verdict(thing())).toEqual(["foreign", [], []]);
    expect(verdict(thing({ name: "automock-pr-1-thing", vpcId: "vpc-own" }))).toEqual(["foreign", [], []]);
  });

  it("is a claim, by id or ARN and type", () => {
    const about = evidence({ claims: [claim("own", "ec2:thing", "thing-1")] });
    expect(verdict(thing(), about)).toEqual(["own", [REASON.own], []]);
    const arn = `arn:aws:ec2:${REGION}:${ACCOUNT}:thing/1`;
    expect(
      verdict(thing({ id: "other", arn }), evidence({ claims: [claim("own", "ec2:thing", arn)] }))[0],
    ).toBe("own");
    expect(verdict(thing({ type: "ec2:other" }), about)[0]).toBe("foreign");
    const read = evidence({ claims: [claim("foreign", "ec2:thing", "thing-1")] });
    expect(verdict(thing(), read).slice(0, 2)).toEqual(["foreign", []]);
    expect(verdict(thing({ id: "thing-2", name: "thing-1" }), about)[0]).toBe("foreign");
    expect(verdict(thing(), evidence({ claims: [claim("own", undefined, "thing-1")] }))[0]).toBe("foreign");
  });

  it("is being part of what is proven by itself", () => {
    const part = thing({ partOf: "ec2:whole whole-1" });
    expect(verdict(part)).toEqual(["foreign", [], []]);
    expect(verdict(part, evidence({ proven: new Set(["ec2:whole whole-2"]) }))[0]).toBe("foreign");
    const about = evidence({ proven: new Set(["ec2:whole whole-1"]) });
    expect(verdict(part, about)).toEqual(["own", ["part of the environment's ec2:whole whole-1"], []]);
    expect(verdict({ ...part, tags: { [TAG.protected]: "true" } }, about)[0]).toBe("held");
  });

  it("is the tag of exactly this environment together with the ephemeral one", () => {
    expect(verdict(thing({ tags: OURS }))).toEqual([
      "own",
      ["tags automock:environment=pr-1 and automock:ephemeral=true"],
      [],
    ]);
    const withoutSystem = { [TAG.environment]: "pr-1", [TAG.ephemeral]: "true" };
    expect(verdict(thing({ tags: withoutSystem }))[0]).toBe("own");
    expect(verdict(thing({ tags: { [TAG.environment]: "pr-1" } }))[0]).toBe("foreign");
    expect(verdict(thing({ tags: { ...OURS, [TAG.ephemeral]: "false" } }))[0]).toBe("foreign");
    expect(verdict(thing({ tags: { ...OURS, [TAG.environment]: "pr-1-b" } }))[0]).toBe("foreign");
    expect(verdict(thing({ tags: { ...OURS, [TAG.environment]: "PR-1" } }))[0]).toBe("foreign");
    expect(verdict(thing({ tags: { ...OURS, [TAG.system]: "task-api" } }))[0]).toBe("foreign");
  });

  it("is an exact name or one under a slash, for types that say so", () => {
    const handler = {
      ownNames: () => ({
        exact: ["automock-pr-1-dashboard"],
        prefixes: ["/automock-pr-1/", "automock-pr-1-"],
      }),
    };
    const named = (name: string) => verdict(thing({ name }), evidence(), handler);
    expect(named("automock-pr-1-dashboard")).toEqual(["own", ["named exactly automock-pr-1-dashboard"], []]);
    expect(named("/automock-pr-1/tasks")).toEqual(["own", ["name under /automock-pr-1/"], []]);
    // A prefix without a slash would match the environment `pr-1-b` too, so it proves nothing.
    expect(named("automock-pr-1-b-dashboard")[0]).toBe("foreign");
    expect(named("/automock-pr-1-b/tasks")[0]).toBe("foreign");
    expect(verdict(thing({ id: "automock-pr-1-dashboard" }), evidence(), handler)[0]).toBe("own");
  });

  it("is the environment's own VPC, for what AWS created in it", () => {
    const handler = { ownedByVpc: true };
    const inside = (more: Partial<Found>) =>
      verdict(thing({ tags: {}, createdBy: "Lambda", vpcId: "vpc-own", ...more }), evidence(), handler);
    expect(inside({})).toEqual(["own", ["created by Lambda in the environment's own vpc-own"], []]);
    expect(inside({ tags: { "aws:ecs:clusterName": "x" } })[0]).toBe("own");
    expect(inside({ vpcId: "vpc-other" })[0]).toBe("foreign");
    expect(inside({ vpcId: undefined })[0]).toBe("foreign");
  });

  it("is not the VPC for what a person put into it", () => {
    const handler = { ownedByVpc: true };
    const person = thing({ tags: {}, vpcId: "vpc-own" });
    expect(verdict(person, evidence(), handler)[0]).toBe("foreign");
    const tagged = { ...person, createdBy: "Lambda", tags: { Name: "mine" } };
    expect(verdict(tagged, evidence(), handler)[0]).toBe("foreign");
    expect(verdict({ ...tagged, tags: "unreadable" }, evidence(), handler)[0]).toBe("foreign");
  });
});

describe("a veto stands above every proof:", () => {
  const managed = (...more: Claim[]) => evidence({ claims: [claim("own", "ec2:thing", "thing-1"), ...more] });

  it.each<[string, Found, Evidence, string]>([
    ["unreadable tags", thing({ tags: "unreadable" }), managed(), "its tags cannot be read"],
    [
      "the protect tag",
      thing({ tags: { ...OURS, [TAG.protected]: "true" } }),
      managed(),
      "tag automock:protected=true",
    ],
    [
      "not ephemeral",
      thing({ tags: { [TAG.ephemeral]: "false" } }),
      managed(),
      "tag automock:ephemeral=false",
    ],
    [
      "another environment's tag",
      thing({ tags: { [TAG.environment]: "pr-2" } }),
      managed(),
      "tag automock:environment=pr-2",
    ],
    [
      "another system's tag",
      thing({ tags: { [TAG.system]: "task-api" } }),
      managed(),
      "tag automock:system=task-api",
    ],
    [
      "a claim that it is someone else's",
      thing(),
      managed(claim("foreign", "ec2:thing", "thing-1")),
      REASON.foreign,
    ],
    ["such a claim without a type", thing(), managed(claim("foreign", undefined, "thing-1")), REASON.foreign],
    [
      "the bootstrap, by id",
      thing({ id: "automock-tfstate-1", tags: OURS }),
      evidence(),
      "part of the bootstrap",
    ],
    [
      "the bootstrap, by name",
      thing({ name: "automock-tflock-1", tags: OURS }),
      evidence(),
      "part of the bootstrap",
    ],
    [
      "another account",
      thing({ tags: OURS, accountId: "999999999999" }),
      evidence(),
      "in account 999999999999",
    ],
    [
      "another account's ARN",
      thing({ tags: OURS, arn: "arn:aws:iam::999999999999:role/x" }),
      evidence(),
      "in account 999999999999",
    ],
    [
      "AWS's own policy",
      thing({ tags: OURS, arn: "arn:aws:iam::aws:policy/x" }),
      evidence(),
      "in account aws",
    ],
    ["another region", thing({ tags: OURS, region: "eu-west-1" }), evidence(), "in region eu-west-1"],
    [
      "another region's ARN",
      thing({ tags: OURS, arn: `arn:aws:ecs:eu-west-1:${ACCOUNT}:cluster/x` }),
      evidence(),
      "in region eu-west-1",
    ],
  ])("%s", (_name, found, about, veto) => {
    const judged = judge(found, {}, about);
    expect(judged.verdict).toBe("held");
    expect(judged.vetoes).toEqual([veto]);
    expect(judged.proofs.length).toBeGreaterThan(0);
  });

  it("what AWS made and what the environment brought along are not its own, and hold up nothing", () => {
    expect(verdict(thing({ builtIn: "default security group" }), managed())).toEqual([
      "foreign",
      [REASON.own],
      ["made by AWS: default security group"],
    ]);
    expect(verdict(thing({ neededBy: "acm:certificate c" }), managed())).toEqual([
      "foreign",
      [REASON.own],
      ["needed by acm:certificate c as well"],
    ]);
    expect(verdict(thing(), { ...managed(), byo: ["thing-1"] })).toEqual([
      "foreign",
      [REASON.own],
      ["on the list of resources that the environment brings along"],
    ]);
  });

  it("a global resource has no region to differ in", () =>
    expect(verdict(thing({ tags: OURS, arn: `arn:aws:iam::${ACCOUNT}:role/x` }))[0]).toBe("own"));

  it("a claim on another type with the same id is about another thing", () =>
    expect(verdict(thing(), managed(claim("foreign", "ec2:other", "thing-1")))[0]).toBe("own"));
});
