import { capacityFaults, capacityProviderStrategy } from "../../../modules/ecs/capacity";

describe("capacity", () => {
  it("onDemand uses Fargate only", () => {
    expect(capacityProviderStrategy("onDemand")).toEqual([
      { capacityProvider: "FARGATE", base: 0, weight: 1 },
    ]);
    expect(capacityFaults("onDemand")).toEqual([]);
  });

  it.each([0, 1, 10])("spotAfter %i runs that many tasks on Fargate", (spotAfter) => {
    expect(capacityProviderStrategy({ spotAfter })).toEqual([
      { capacityProvider: "FARGATE", base: spotAfter, weight: 0 },
      { capacityProvider: "FARGATE_SPOT", base: 0, weight: 1 },
    ]);
    expect(capacityFaults({ spotAfter })).toEqual([]);
  });

  it.each([-1, 0.5, 100_001, NaN])("rejects spotAfter %d", (spotAfter) =>
    expect(capacityFaults({ spotAfter })).toEqual([
      `spotAfter is ${spotAfter}; write a whole number from 0 to 100000`,
    ]),
  );
});
