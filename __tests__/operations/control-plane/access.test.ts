import {
  LoadBalancerNotFoundException,
  type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Environment } from "../../../environments/schema";
import type { StackRef } from "../../../environments/schema/stacks";
import { accessOf, allowedAddress, urlOf } from "../../../operations/control-plane/access";
import { prodEnvironment, stagingEnvironment } from "../../support/environments";
import { spoil } from "../../support/spoil";

const stack = (definition: Environment, system: StackRef["system"] = "automock"): StackRef => ({
  id: `${system}-${definition.name}`,
  system,
  environment: definition.name,
  accountId: definition.accountId,
  region: definition.region,
  definition,
});
const networksOnly = spoil(stagingEnvironment, "automock.controlPlaneAuthentication", "networksOnly");
const blueGreen = spoil(stagingEnvironment, "automock.deployment", { strategy: "blueGreen", bakeMinutes: 5 });

it("tells how the control plane is opened", () => {
  const { definition: _, ...unknown } = stack(stagingEnvironment);
  expect([stack(stagingEnvironment), stack(networksOnly), unknown].map(accessOf)).toEqual([
    "tokens",
    "networksOnly",
    "unknown",
  ]);
});

it.each([
  [
    stack(prodEnvironment),
    "The control plane of automock-prod is closed: automock.controlPlaneAllowedCidrs is empty.\n" +
      "Change mocks with automock expectations push automock-prod expectations.json, or set automock.controlPlaneAllowedCidrs with the strategy rolling and deploy it.",
  ],
  [
    stack(blueGreen),
    'The control plane of automock-staging is closed: its deployment strategy is "blueGreen".',
  ],
  [
    stack(stagingEnvironment, "task-api"),
    "task-api-staging has no control plane, only stacks of AutoMock have: automock-staging, for example.",
  ],
])("refuses a stack whose control plane nobody may use", (ref, message) =>
  expect(() => accessOf(ref)).toThrow(message),
);

it("knows an address that may use it", () =>
  expect([stack(stagingEnvironment), stack(prodEnvironment)].map(allowedAddress)).toEqual([
    "203.0.113.0",
    undefined,
  ]));

describe("where a stack answers", () => {
  const elb = (answer: () => unknown) =>
    ({ elb: { send: async () => answer() } }) as unknown as { elb: ElasticLoadBalancingV2Client };
  const found = elb(() => ({ LoadBalancers: [{ DNSName: "lb.example" }] }));

  it("is its domain, or the load balancer's name", async () => {
    expect(await urlOf(found, stack(prodEnvironment))).toBe("https://automock.example.com");
    expect(await urlOf(found, stack(stagingEnvironment))).toBe("http://lb.example");
  });

  it("is nowhere before it is deployed", async () => {
    const missing = elb(() => {
      throw new LoadBalancerNotFoundException({ message: "gone", $metadata: {} });
    });
    await expect(urlOf(missing, stack(stagingEnvironment))).rejects.toThrow(
      "automock-staging is not deployed: it has no load balancer automock-staging. Deploy it with automock deploy automock-staging.",
    );
    const broken = elb(() => {
      throw new Error("no network");
    });
    await expect(urlOf(broken, stack(stagingEnvironment))).rejects.toThrow("no network");
  });
});
