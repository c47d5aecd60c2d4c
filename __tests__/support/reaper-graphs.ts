import fc from "fast-check";
import type { Outcome } from "../../cleanup/engine/resource";
import { FakeAws } from "./reaper-fakes";
import { recordOf, SECOND, type FakeType } from "./reaper-values";

/** A small network with a service in it: the order of the real one, with few types. */
export const TYPES: readonly FakeType[] = [
  { type: "scaling" },
  { type: "service", prepare: true },
  { type: "lb", prepare: true },
  { type: "listener", after: ["lb"] },
  { type: "nat" },
  { type: "eip", after: ["nat"] },
  { type: "eni", ownedByVpc: true, after: ["service", "lb"] },
  { type: "sg", after: ["eni"], prepare: true, prepareAt: "start" },
  { type: "igw", after: ["nat", "lb"] },
  { type: "subnet", after: ["eni", "nat", "lb"] },
  { type: "vpc", after: ["subnet", "igw", "sg"] },
  { type: "logs", layer: "final" },
  { type: "role", layer: "final", after: ["logs"] },
];

/** An environment `pr-1` as a deploy leaves it, and a twin `pr-1-b` that lives on. */
export function typicalAws(): FakeAws {
  const aws = new FakeAws(TYPES);
  aws.register(recordOf());
  aws.register(recordOf({ environment: "pr-1-b", expiresAt: "2026-03-14T00:00:00Z" }));
  for (const environment of ["pr-1", "pr-1-b"]) {
    const own = (name: string) => `${environment}:${name}`;
    const vpcId = own("vpc");
    const add = (type: string, extra: object = {}) =>
      aws.add({ type, id: own(type), environment, ...extra }, "managed");
    add("scaling");
    add("service", { deleteMs: 60 * SECOND });
    add("lb", { deleteMs: 40 * SECOND });
    add("listener");
    add("nat", { deleteMs: 70 * SECOND });
    add("eip", { needs: [`nat ${own("nat")}`] });
    add("sg", { needs: [`eni ${own("eni")}`] });
    add("igw", { needs: [`nat ${own("nat")}`, `lb ${own("lb")}`] });
    add("subnet", { needs: [`eni ${own("eni")}`] });
    add("vpc", { needs: [`subnet ${own("subnet")}`, `igw ${own("igw")}`, `sg ${own("sg")}`] });
    add("logs");
    add("role");
    // Made by a service, without tags, in the environment's own network.
    aws.add({ type: "eni", id: own("eni"), environment, tags: {}, vpcId, createdBy: "Lambda" });
  }
  aws.add({ type: "eip", id: "someone's", tags: {} });
  aws.add({ type: "vpc", id: "default", tags: {}, builtIn: "default VPC" });
  return aws;
}

/** A world drawn at random: types in layers, resources of them, needs that the handlers know and some they do not. */
export function randomAws(): fc.Arbitrary<FakeAws> {
  const resource = fc.record({
    type: fc.nat(6),
    deleteMs: fc.constantFrom(0, 0, 5 * SECOND, 40 * SECOND, 150 * SECOND),
    needs: fc.array(fc.nat(30), { maxLength: 3 }),
    refusals: fc.array(
      fc.constantFrom<Outcome>(
        { kind: "throttled", error: "Throttling" },
        { kind: "transient", error: "InternalError" },
        { kind: "blocked", by: ["something unseen"] },
      ),
      { maxLength: 3 },
    ),
    where: fc.constantFrom<"managed" | "outside">("managed", "outside"),
    twin: fc.boolean(),
  });
  const types = fc.array(
    fc.record({
      after: fc.array(fc.nat(5), { maxLength: 3 }),
      prepare: fc.boolean(),
      early: fc.boolean(),
      final: fc.boolean(),
    }),
    {
      minLength: 7,
      maxLength: 7,
    },
  );
  return fc.tuple(types, fc.array(resource, { maxLength: 24 })).map(([drawnTypes, drawn]) => {
    const name = (index: number) => `type${index}`;
    const fakeTypes = drawnTypes.map(({ after, prepare, early, final }, index): FakeType => {
      // Only earlier types, and the last two may be final: no circles, as `orderFaults` demands.
      const earlier = [...new Set(after.filter((one) => one < index).map(name))];
      const layer = final && index >= 5 ? "final" : "workload";
      const allowed = layer === "final" ? earlier : earlier.filter((one) => one !== name(5));
      return { type: name(index), after: allowed, layer, prepare, prepareAt: early ? "start" : "ready" };
    });
    const aws = new FakeAws(fakeTypes);
    aws.register(recordOf());
    aws.register(recordOf({ environment: "pr-1-b", expiresAt: "2026-03-14T00:00:00Z" }));
    const added: { key: string; type: number }[] = [];
    drawn.forEach(({ type, deleteMs, needs, refusals, where, twin }, index) => {
      const environment = twin ? "pr-1-b" : "pr-1";
      const id = `${environment}:${index}`;
      // AWS refuses while something of an earlier type is there, known to the handler or not.
      const needed = added.filter(
        (one, at) => needs.includes(at) && one.type < type && one.key.includes(environment + ":"),
      );
      const final = fakeTypes[type]!.layer === "final";
      const reachable = needed.filter((one) => final || fakeTypes[one.type]!.layer !== "final");
      aws.add(
        {
          type: name(type),
          id,
          environment,
          deleteMs,
          refusals: [...refusals],
          needs: reachable.map(({ key }) => key),
        },
        where,
      );
      added.push({ key: `${name(type)} ${id}`, type });
    });
    return aws;
  });
}
