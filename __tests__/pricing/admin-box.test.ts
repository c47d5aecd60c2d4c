import { resourcesOf, type TerraformJson } from "../../contract/terraform-json";
import { extrasUsd, onDemandUsd } from "../../pricing/admin-box";
import { estimate, monthly } from "../../pricing/estimate";
import { adminEnvironment } from "../support/environments";
import { synthesize } from "../support/golden";

it("everything in the stack of admin boxes is priced or free: keys, alarms and the dashboard cost", () => {
  const stack = JSON.parse(synthesize([adminEnvironment]).get("admin-staging")!) as TerraformJson;
  const { notPriced, usdHourly } = estimate(resourcesOf(stack));
  expect(notPriced).toEqual([]);
  expect(monthly(usdHourly.expected)).toBeCloseTo(5.3, 1);
});

it("a box costs its type, its volume and its public address", () => {
  expect(onDemandUsd("t3.small")).toBe(0.0208);
  expect(extrasUsd(true) - extrasUsd(false)).toBeCloseTo(0.005, 10);
  expect(() => onDemandUsd("m5.large")).toThrow('The price book has no price "ec2-m5.large"');
});
