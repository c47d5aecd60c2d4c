import { SECOND, FakeAws, recordOf, type FakeType } from "./reaper-fakes";

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
    aws.add({ type: "eni", id: own("eni"), environment, tags: {}, vpcId });
  }
  aws.add({ type: "eip", id: "somebody's", tags: {} });
  aws.add({ type: "vpc", id: "default", tags: {}, builtIn: "default VPC" });
  return aws;
}
