import { readFileSync } from "node:fs";
import { join } from "node:path";
import { JSON_SCHEMAS } from "../../../environments/schema/json-schema";

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  "environment.schema.json": ["name", "owner", "costCenter", "accountId", "region", "deletionProtection"],
  "test-environment.schema.json": ["name", "owner", "costCenter", "accountId", "region", "resources"],
};

describe.each(Object.entries(JSON_SCHEMAS))("%s", (file, schema) => {
  const committed = readFileSync(join(__dirname, "../../../environments", file), "utf8");

  it("is up to date (update: npm run schema)", () => expect(committed).toBe(schema()));

  it("rejects unknown keys and describes every field", () => {
    const { properties, additionalProperties, required } = JSON.parse(committed) as {
      properties: Record<string, { description?: string }>;
      additionalProperties: boolean;
      required: string[];
    };
    expect(additionalProperties).toBe(false);
    expect(required).toEqual(REQUIRED[file]);
    for (const [key, value] of Object.entries(properties)) {
      expect([key, typeof value.description]).toEqual([key, "string"]);
    }
  });
});
