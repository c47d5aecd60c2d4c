import { faultsOf } from "../../environments/faults";
import { environmentSchema } from "../../environments/schema";
import { ephemeralInput } from "../support/environments";
import { spoil } from "../support/spoil";

/** What is allowed and how to fix it, of the only fault. */
function faultOf(value: unknown): { path: string; given: string; allowed: string; fix: string } {
  const faults = faultsOf("file", value, environmentSchema.safeParse(value).error!.issues);
  expect(faults).toHaveLength(1);
  return faults[0]!;
}

describe("what someone may have meant", () => {
  it.each([
    ["a number with its unit", "ttlHours", "4h", "write the number alone: 4"],
    ["a number with its unit that is too high", "ttlHours", "200h", "write one of the allowed values"],
    ["a text without quotes", "accountId", 123456789012, 'write "123456789012"'],
    ["a text without quotes that is too short", "accountId", 1234, "write one of the allowed values"],
    ["a switch in quotes", "deletionProtection", "False", "write false"],
    ["a word in another case", "automock.network.natGateways", "onePerAZ", 'did you mean "onePerAz"?'],
    ["a word with a letter missing", "automock.size", "smal", 'did you mean "small"?'],
    ["a kind of object", "automock.deployment", { strategy: "Rolling" }, 'did you mean "rolling"?'],
    ["another word", "automock.network.natGateways", "two", "write one of the allowed values"],
  ])("%s", (_, field, given, fix) => expect(faultOf(spoil(ephemeralInput, field, given)).fix).toBe(fix));
});

describe("an object is said with its keys", () => {
  it.each([
    [
      "automock",
      null,
      "the AutoMock system of this environment: { imageVersion, imageDigest, size, tasks, containerInsights, logRetentionDays, network, domain, capacity, scaling, deployment, deploys, apiAllowedCidrs, controlPlaneAllowedCidrs }",
    ],
    ["automock.network", [], "{ vpcCidr, availabilityZones, natGateways, interfaceEndpoints }"],
    ["automock.tasks", 5, "{ min, max }, each 1 to 200"],
  ])("%s", (field, given, allowed) =>
    expect(faultOf(spoil(ephemeralInput, field, given))).toMatchObject({
      allowed,
      fix: "write an object with these keys",
    }),
  );
});

it("the name and the address of a webhook are said each for itself", () => {
  const webhook = (webhooks: object) => faultOf({ ...ephemeralInput, notifications: { webhooks } });
  expect(webhook({ "My Hook": "https://example.com" })).toMatchObject({
    path: "notifications.webhooks.My Hook",
    given: '"My Hook" (a key)',
    allowed: "a name for the webhook: lower-case letters, digits and single hyphens",
    fix: "write it as allowed",
  });
  expect(webhook({ hook: "http://example.com" })).toMatchObject({
    path: "notifications.webhooks.hook",
    allowed: "an https URL without a secret in it",
  });
});
