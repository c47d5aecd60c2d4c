import fc from "fast-check";
import { contains, formatCidr, overlaps, parseCidr, sizeOf } from "../../../contract/cidr";
import {
  AVAILABILITY_ZONES,
  subnetPlan,
  subnetPlanFault,
  type ZonePlan,
} from "../../../modules/networking/subnet-plan";

const vpcCidr = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 16, max: 22 }))
  .map(([address, prefixLength]) =>
    formatCidr({ start: address - (address % 2 ** (32 - prefixLength)), prefixLength }),
  );
const zones = fc.shuffledSubarray([...AVAILABILITY_ZONES], { minLength: 2 });
const networksOf = (plans: readonly ZonePlan[]) =>
  plans
    .flatMap(({ publicCidr, privateCidr, isolatedCidr }) => [publicCidr, privateCidr, isolatedCidr])
    .map(parseCidr);

describe("subnet plan", () => {
  it("divides a /16 as documented", () =>
    expect(subnetPlan("10.0.0.0/16", ["b", "a"])).toEqual([
      { letter: "a", privateCidr: "10.0.0.0/20", publicCidr: "10.0.128.0/21", isolatedCidr: "10.0.192.0/21" },
      {
        letter: "b",
        privateCidr: "10.0.16.0/20",
        publicCidr: "10.0.136.0/21",
        isolatedCidr: "10.0.200.0/21",
      },
    ]));

  it("the smallest VPC has public subnets of the /27 that a load balancer needs", () =>
    expect(subnetPlan("10.0.0.0/22", ["a", "f"])).toEqual([
      { letter: "a", privateCidr: "10.0.0.0/26", publicCidr: "10.0.2.0/27", isolatedCidr: "10.0.3.0/27" },
      {
        letter: "f",
        privateCidr: "10.0.1.64/26",
        publicCidr: "10.0.2.160/27",
        isolatedCidr: "10.0.3.160/27",
      },
    ]));

  it("has one plan per zone, sorted by letter, for any input order", () =>
    fc.assert(
      fc.property(vpcCidr, zones, (vpc, letters) => {
        const plan = subnetPlan(vpc, letters);
        expect(plan.map(({ letter }) => letter)).toEqual([...letters].sort());
        expect(plan).toEqual(subnetPlan(vpc, [...letters].reverse()));
      }),
    ));

  it("subnets do not overlap and are inside the VPC", () =>
    fc.assert(
      fc.property(vpcCidr, zones, (vpc, letters) => {
        const networks = networksOf(subnetPlan(vpc, letters));
        expect(networks).toHaveLength(letters.length * 3);
        networks.forEach((network, index) => {
          expect(contains(parseCidr(vpc), network)).toBe(true);
          expect(networks.slice(index + 1).some((other) => overlaps(network, other))).toBe(false);
        });
      }),
    ));

  it("every CIDR starts at its network address, and sizes are 1/16 and 1/32 of the VPC", () =>
    fc.assert(
      fc.property(vpcCidr, zones, (vpc, letters) => {
        for (const { publicCidr, privateCidr, isolatedCidr } of subnetPlan(vpc, letters)) {
          const whole = sizeOf(parseCidr(vpc));
          expect([publicCidr, privateCidr, isolatedCidr].map((text) => sizeOf(parseCidr(text)))).toEqual([
            whole / 32,
            whole / 16,
            whole / 32,
          ]);
        }
      }),
    ));

  it("a zone's subnets do not depend on the other zones", () =>
    fc.assert(
      fc.property(vpcCidr, zones, zones, (vpc, before, after) => {
        const byLetter = new Map(subnetPlan(vpc, before).map((plan) => [plan.letter, plan]));
        for (const plan of subnetPlan(vpc, after)) expect(byLetter.get(plan.letter) ?? plan).toEqual(plan);
      }),
    ));
});

describe("subnet plan faults", () => {
  it("has none for a valid network and zones", () => {
    expect(subnetPlanFault("10.0.0.0/16", ["a", "b"])).toBeUndefined();
    expect(subnetPlanFault("10.0.0.0/22", [...AVAILABILITY_ZONES])).toBeUndefined();
  });

  it.each([
    [
      "10.0.0.0/15",
      ["a", "b"],
      "VPC network 10.0.0.0/15 is too large: AWS allows no VPC larger than /16; give a network from /16 to /22",
    ],
    [
      "10.0.0.0/23",
      ["a", "b"],
      "VPC network 10.0.0.0/23 is too small: its public subnets would be smaller than the /27 that a load balancer needs; give a network from /16 to /22",
    ],
    [
      "10.0.0.1/16",
      ["a", "b"],
      'VPC network "10.0.0.1/16" is not the start of its network; write 10.0.0.0/16',
    ],
    [
      "10.0.0.0/16",
      ["a", "us-east-1b"],
      'availability zone "us-east-1b" is unknown: give the letter alone, one of a, b, c, d, e, f, for example "a" for us-east-1a',
    ],
    ["10.0.0.0/16", ["a", "b", "a"], 'availability zone "a" is given more than once: name each zone once'],
    [
      "10.0.0.0/16",
      ["a"],
      "1 availability zone(s) given: name at least 2, because a load balancer needs subnets in two",
    ],
    [
      "10.0.0.0/24",
      ["b", "b", "b"],
      "VPC network 10.0.0.0/24 is too small: its public subnets would be smaller than the /27 that a load balancer needs; give a network from /16 to /22; " +
        'availability zone "b" is given more than once: name each zone once; ' +
        "1 availability zone(s) given: name at least 2, because a load balancer needs subnets in two",
    ],
  ])("%s with %j", (vpc, letters, message) => {
    expect(subnetPlanFault(vpc, letters)).toBe(message);
    expect(() => subnetPlan(vpc, letters)).toThrow(new Error(message));
  });
});
