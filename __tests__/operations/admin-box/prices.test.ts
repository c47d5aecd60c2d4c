import { estimate } from "../../../operations/admin-box/prices";

it("four hours on demand on a t3.small cost $0.107", () => {
  const { expected, high } = estimate({
    instanceTypes: ["t3.small"],
    spotPrices: [],
    markets: ["on-demand"],
    hours: 4,
    publicAddress: true,
  });
  expect(expected).toBeCloseTo(0.107, 3);
  expect(high).toBeCloseTo((expected / 4) * 5, 10);
});

it("the low end is the cheapest Spot pool, the high end the most expensive type on demand with an hour more", () => {
  const spotPrices = [{ instanceType: "t3.small", availabilityZone: "us-east-1a", usd: 0.006 }];
  const usd = estimate({
    instanceTypes: ["t3.small", "t3.medium"],
    spotPrices,
    markets: ["spot", "on-demand"],
    hours: 1,
    publicAddress: false,
  });
  expect([usd.low, usd.expected, usd.high].map((each) => each.toFixed(4))).toEqual([
    "0.0069",
    "0.0069",
    "0.0850",
  ]);
});
