import { explainAwsError } from "../../../operations/aws/errors";
import { RegistryMissing } from "../../../registry/missing";

const error = Object.assign(new Error("Could not load"), { name: "CredentialsProviderError" });

it("says which profile has no credentials", () => {
  expect(explainAwsError(error)).toBe(
    "There are no usable AWS credentials (Could not load).\nLog in (aws sso login), or name a profile with --profile.",
  );
  expect(explainAwsError(error, "staging")).toBe(
    'Profile "staging" has no usable AWS credentials (Could not load).\nLog in (aws sso login --profile staging), or name another profile with --profile.',
  );
});

/** As the SDK throws them: the name is the service's code. */
const answer = (name: string, more: object = {}) =>
  Object.assign(new Error("so"), { name, $metadata: { attempts: 3 }, ...more });

it.each(["ExpiredTokenException", "InvalidAccessKeyId", "AuthFailure", "SignatureDoesNotMatch"])(
  "takes %s for credentials that are not valid",
  (name) =>
    expect(explainAwsError(answer(name))).toBe(
      `The AWS credentials are invalid or have expired (${name}). Log in again (aws sso login), or name another --profile.`,
    ),
);

it.each([
  ["TimeoutError", {}, "TimeoutError"],
  ["TimeoutError", { code: "ECONNRESET" }, "ECONNRESET"],
  ["Error", { code: "EHOSTUNREACH" }, "EHOSTUNREACH"],
])("says of %s %j that nobody has answered", (name, more, reason) =>
  expect(explainAwsError(answer(name, more))).toBe(
    `AWS cannot be reached (${reason}): so\nCheck the network, a proxy, and the region.`,
  ),
);

it("passes on what AWS answered, and knows nothing of other errors", () => {
  expect(explainAwsError(answer("ValidationException"))).toBe("AWS answered ValidationException: so");
  expect(explainAwsError(new TypeError("x"))).toBeUndefined();
});

it("says how an account without a registry gets one", () =>
  expect(
    explainAwsError(
      new RegistryMissing({ accountId: "111122223333", region: "us-east-1" }, "automock-environments"),
    ),
  ).toBe(
    "Account 111122223333 has no registry of environments in us-east-1 (table automock-environments).\n" +
      "Create it with automock bootstrap, or name another --region or --profile.",
  ));
