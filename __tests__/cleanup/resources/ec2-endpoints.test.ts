import { createHandlers } from "../../../cleanup/resources";
import { awsError, fakeClients } from "../../support/fake-clients";
import { found } from "../../support/handlers";

type Input = { readonly VpcEndpointIds: readonly string[] };

const TYPE = "ec2:vpc-endpoint";
const of = (environment: string, id: string) =>
  found(TYPE, id, { tags: { "automock:environment": environment, "automock:ephemeral": "true" } });

/** Handlers of several environments in one process; what each session was for, and which endpoints it was asked for. */
function shared(answer: (who: string, input: Input) => object = () => ({})) {
  const calls: (readonly [who: string, ids: readonly string[]])[] = [];
  const client = (who: string) =>
    fakeClients({
      DeleteVpcEndpoints: (input: Input) => {
        calls.push([who, input.VpcEndpointIds]);
        return answer(who, input);
      },
    });
  const read = client("read");
  const sessions: string[][] = [];
  const endpointsOf = async (environments: readonly string[]) => {
    sessions.push([...environments]);
    return client("several");
  };
  const handler = (environment: string) =>
    createHandlers({ read, write: client(environment), endpointsOf }).find(({ type }) => type === TYPE)!;
  const remove = (environment: string, id: string) => handler(environment).remove(of(environment, id));
  return { calls, sessions, remove };
}

it("the endpoints of one environment go in one call of its own session", async () => {
  const { calls, sessions, remove } = shared();
  const outcomes = await Promise.all(["e-1", "e-2", "e-3", "e-4"].map((id) => remove("pr-1", id)));
  expect(outcomes).toEqual(Array(4).fill({ kind: "accepted" }));
  expect(calls).toEqual([["pr-1", ["e-1", "e-2", "e-3", "e-4"]]]);
  expect(sessions).toEqual([]);
});

it("environments that are deleted at the same time share calls of 25, each in a session for exactly these", async () => {
  const { calls, sessions, remove } = shared();
  const names = Array.from({ length: 52 }, (_, i) => `pr-${i}`);
  await Promise.all(names.map((name) => remove(name, `e-${name}`)));
  expect(calls.map(([who, ids]) => [who, ids.length])).toEqual([
    ["several", 25],
    ["several", 25],
    ["several", 2],
  ]);
  expect(sessions).toEqual([names.slice(0, 25), names.slice(25, 50), names.slice(50)]);
});

it("a failure inside the answer is that of its endpoint alone", async () => {
  const { remove } = shared((_who, { VpcEndpointIds }) => ({
    Unsuccessful: VpcEndpointIds.filter((id) => id === "e-2").map((ResourceId) => ({
      ResourceId,
      Error: { Code: "DependencyViolation", Message: "x" },
    })),
  }));
  const outcomes = await Promise.all([remove("pr-1", "e-1"), remove("pr-2", "e-2"), remove("pr-3", "e-3")]);
  expect(outcomes).toEqual([
    { kind: "accepted" },
    { kind: "blocked", by: ["DependencyViolation: x"] },
    { kind: "accepted" },
  ]);
});

it("a refused call is repeated for each endpoint with its own environment's rights", async () => {
  const { calls, remove } = shared((who) => {
    if (who === "several" || who === "pr-3") throw awsError("UnauthorizedOperation");
    return {};
  });
  const outcomes = await Promise.all([remove("pr-1", "e-1"), remove("pr-2", "e-2"), remove("pr-3", "e-3")]);
  expect(outcomes.map(({ kind }) => kind)).toEqual(["accepted", "accepted", "denied"]);
  expect(calls).toEqual([
    ["several", ["e-1", "e-2", "e-3"]],
    ["pr-1", ["e-1"]],
    ["pr-2", ["e-2"]],
    ["pr-3", ["e-3"]],
  ]);
});

it("a throttled call is not repeated at once", async () => {
  const { calls, remove } = shared((who) => {
    if (who === "several") throw awsError("RequestLimitExceeded");
    return {};
  });
  const outcomes = await Promise.all([remove("pr-1", "e-1"), remove("pr-2", "e-2"), remove("pr-3", "e-3")]);
  expect(outcomes.map(({ kind }) => kind)).toEqual(["throttled", "throttled", "throttled"]);
  expect(calls).toHaveLength(1);
});

it("an endpoint without the tag, which only the state claims, goes with the rights of its own session", async () => {
  const own = fakeClients({ DeleteVpcEndpoints: () => ({}) });
  const endpointsOf = () => Promise.reject(new Error("not for this one"));
  const handlers = createHandlers({ read: fakeClients({}), write: own, endpointsOf });
  const handler = handlers.find(({ type }) => type === TYPE)!;
  expect(await handler.remove(found(TYPE, "e-1", { tags: {} }))).toEqual({ kind: "accepted" });
  expect(own.calls).toEqual([["DeleteVpcEndpoints", { VpcEndpointIds: ["e-1"] }]]);
});
