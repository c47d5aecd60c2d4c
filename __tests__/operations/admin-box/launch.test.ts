import type { CreateFleetCommandInput } from "@aws-sdk/client-ec2";
import { FleetError, launch, type Candidate, type FleetAnswer } from "../../../operations/admin-box/launch";

const CANDIDATES: readonly Candidate[] = ["t3a.small", "t3.small"].flatMap((instanceType) =>
  ["a", "b"].map((zone) => ({
    instanceType,
    subnetId: `subnet-${zone}`,
    availabilityZone: `us-east-1${zone}`,
  })),
);
const MARKETS = ["spot", "on-demand"] as const;
const POOLS = MARKETS.flatMap((market) => CANDIDATES.map((candidate) => ({ market, candidate })));
const ORDER = {
  id: "x",
  launchTemplate: "admin-staging-box",
  candidates: CANDIDATES,
  markets: MARKETS,
  tags: {},
};

/** AWS with a set of pools that refuse; candidates come cheapest first. */
function fleets(refuses: (market: string, index: number) => boolean) {
  const tokens = new Map<string, string>();
  const createFleet = async (input: CreateFleetCommandInput): Promise<FleetAnswer> => {
    const parameters = JSON.stringify(input);
    expect(tokens.get(input.ClientToken!) ?? parameters).toBe(parameters);
    tokens.set(input.ClientToken!, parameters);
    const market = input.TargetCapacitySpecification!.DefaultTargetCapacityType!;
    const overrides = input.LaunchTemplateConfigs![0]!.Overrides!;
    const at = overrides.findIndex((_, i) => !refuses(market, i));
    return at < 0
      ? { Errors: overrides.map((Overrides) => ({ ErrorCode: "InsufficientInstanceCapacity", LaunchTemplateAndOverrides: { Overrides } })) } // prettier-ignore
      : { Instances: [{ InstanceIds: [`i-${market}-${at}`], InstanceType: overrides[at]!.InstanceType, LaunchTemplateAndOverrides: { Overrides: overrides[at] } }] }; // prettier-ignore
  };
  return { tokens, createFleet };
}

const still = { now: () => 0, sleep: async () => undefined };

it("every subset of refusing pools: launched on the cheapest left, or no capacity with all that was tried", async () => {
  for (let subset = 0; subset < 2 ** POOLS.length; subset++) {
    const refused = (market: string, index: number) =>
      ((subset >> (MARKETS.indexOf(market as "spot") * CANDIDATES.length + index)) & 1) === 1;
    const { createFleet, tokens } = fleets(refused);
    const result = await launch(ORDER, { ...still, createFleet });
    const [left] = POOLS.filter(({ market }, i) => !refused(market, i % CANDIDATES.length));
    expect(tokens.size).toBeLessThanOrEqual(2);
    if (!left) {
      expect(result).toMatchObject({ kind: "noCapacity" });
      expect(result.refused).toHaveLength(POOLS.length);
    } else {
      const at = CANDIDATES.indexOf(left.candidate);
      expect(result).toMatchObject({
        kind: "launched",
        instanceId: `i-${left.market}-${at}`,
        market: left.market,
        instanceType: left.candidate.instanceType,
        availabilityZone: left.candidate.availabilityZone,
      });
      // Every pool of Spot is asked in vain before on demand.
      expect(result.refused).toHaveLength(left.market === "spot" ? 0 : CANDIDATES.length);
    }
  }
});

it("repeats a call whose answer was lost with the same token and parameters", async () => {
  const { createFleet, tokens } = fleets(() => false);
  let calls = 0;
  const result = await launch(ORDER, {
    ...still,
    createFleet: async (input) => {
      const answer = await createFleet(input);
      if (++calls < 3) throw Object.assign(new Error("reset"), { code: "ECONNRESET" });
      return answer;
    },
  });
  expect([result.kind, calls, tokens.size]).toEqual(["launched", 3, 1]);
});

it("does not take a refusal for lack of rights for one for lack of capacity", async () => {
  const Errors = [{ ErrorCode: "UnauthorizedOperation", ErrorMessage: "no" }];
  const attempt = launch(ORDER, { ...still, createFleet: async () => ({ Errors }) });
  await expect(attempt).rejects.toThrow(new FleetError("UnauthorizedOperation", "The launch was refused (UnauthorizedOperation): no")); // prettier-ignore
});

it("gives up repeating within 90 seconds", async () => {
  let now = 0;
  const calls: number[] = [];
  const attempt = launch(ORDER, {
    now: () => now,
    sleep: async (ms) => void (now += ms),
    createFleet: async () => {
      calls.push((now += 30_000));
      throw Object.assign(new Error("busy"), { name: "RequestLimitExceeded" });
    },
  });
  await expect(attempt).rejects.toThrow("busy");
  expect(calls).toEqual([30_000, 60_500, 91_500]);
});
