import { faultsOf } from "../../../environments/schema/faults";
import { environmentSchema } from "../../../environments/schema/schema";
import { ephemeralInput } from "../../support/environments";
import { spoil } from "../../support/spoil";

/** The allowed values and the fix of the only fault. */
function faultOf(value: unknown): { path: string; given: string; allowed: string; fix: string } {
  const faults = faultsOf("file", value, environmentSchema.safeParse(value).error!.issues);
  expect(faults).toHaveLength(1);
  return faults[0]!;
}

describe("suggestions", () => {
  it.each([
    ["a number with its unit", "ttlHours", "4h", "write only the number: 4"],
    ["a number with its unit that is too high", "ttlHours", "200h", "use an allowed value"],
    ["a text without quotes", "accountId", 123456789012, 'write "123456789012"'],
    ["a text without quotes that is too short", "accountId", 1234, "use an allowed value"],
    ["a switch in quotes", "deletionProtection", "False", "write false"],
    ["a word in another case", "automock.network.natGateways", "onePerAZ", 'did you mean "onePerAz"?'],
    ["a word with a letter missing", "automock.size", "smal", 'did you mean "small"?'],
    ["a kind of object", "automock.deployment", { strategy: "Rolling" }, 'did you mean "rolling"?'],
    ["another word", "automock.network.natGateways", "two", "use an allowed value"],
  ])("%s", (_, field, given, fix) => expect(faultOf(spoil(ephemeralInput, field, given)).fix).toBe(fix));
});

describe("a fault in an object lists its keys", () => {
  it.each([
    [
      "automock",
      null,
      "the AutoMock system of this environment: { imageVersion, imageDigest, size, tasks, containerInsights, logRetentionDays, network, domain, waf, capacity, scaling, deployment, deploys, apiAllowedCidrs, controlPlaneAllowedCidrs, controlPlaneAuthentication }",
    ],
    ["automock.network", [], "{ vpcCidr, availabilityZones, natGateways, interfaceEndpoints }"],
    ["automock.tasks", 5, "{ min, max }, each 1 to 200"],
  ])("%s", (field, given, allowed) =>
    expect(faultOf(spoil(ephemeralInput, field, given))).toMatchObject({
      allowed,
      fix: "use an object with these keys",
    }),
  );
});

it("a webhook's name and URL have separate messages", () => {
  const webhook = (webhooks: object) => faultOf({ ...ephemeralInput, notifications: { webhooks } });
  expect(webhook({ "My Hook": "https://example.com" })).toMatchObject({
    path: "notifications.webhooks.My Hook",
    given: '"My Hook" (a key)',
    allowed: "a name for the webhook: lowercase letters, digits and single hyphens",
    fix: "use an allowed key",
  });
  expect(webhook({ hook: "http://example.com" })).toMatchObject({
    path: "notifications.webhooks.hook",
    allowed: "an https URL without a secret in it",
  });
});
