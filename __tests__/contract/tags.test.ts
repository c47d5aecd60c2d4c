import { REQUIRED_TAGS, tagsFor } from "../../contract/tags";

it("creates all required tags, each with a value", () => {
  const tags = tagsFor({
    system: "automock",
    environment: "prod",
    owner: "me",
    costCenter: "cc",
    ephemeral: false,
  });
  expect(Object.keys(tags).sort()).toEqual([...REQUIRED_TAGS].sort());
  expect(tags).toEqual({
    "automock:system": "automock",
    "automock:environment": "prod",
    "automock:owner": "me",
    "automock:cost-center": "cc",
    "automock:ephemeral": "false",
    "automock:managed-by": "cdktf",
  });
});
