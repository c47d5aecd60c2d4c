import { explainAwsError } from "../../cli/aws-errors";

const error = Object.assign(new Error("Could not load"), { name: "CredentialsProviderError" });

it("says which profile has no credentials", () => {
  expect(explainAwsError(error)).toBe(
    "There are no usable AWS credentials: Could not load\nLog in (aws sso login), or name a profile with --profile.",
  );
  expect(explainAwsError(error, "staging")).toBe(
    'Profile "staging" gives no usable AWS credentials: Could not load\nLog in (aws sso login --profile staging), or name another profile with --profile.',
  );
});
