import { readFileSync } from "node:fs";
import { join } from "node:path";
import { environmentJsonSchema } from "../../environments/json-schema";

const committed = readFileSync(join(__dirname, "../../environments/environment.schema.json"), "utf8");

it("the committed schema is up to date (update: npm run schema)", () =>
  expect(committed).toBe(environmentJsonSchema()));

it("rejects unknown keys and describes every field", () => {
  const { properties, additionalProperties, required } = JSON.parse(committed) as {
    properties: Record<string, { description?: string }>;
    additionalProperties: boolean;
    required: string[];
  };
  expect(additionalProperties).toBe(false);
  expect(required).toEqual(["name", "owner", "costCenter", "accountId", "region", "deletionProtection"]);
  for (const [key, value] of Object.entries(properties)) {
    expect([key, typeof value.description]).toEqual([key, "string"]);
  }
});
