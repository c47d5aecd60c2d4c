import { z } from "zod";
import { environmentFields } from "./fields";
import { testEnvironmentFields } from "./test-environment-fields";

/** The JSON Schemas of what people write, for editors, by file in `environments/`. */
export const JSON_SCHEMAS: Readonly<Record<string, () => string>> = {
  "environment.schema.json": () => jsonSchema("automock-infra environment", environmentFields),
  "test-environment.schema.json": () => jsonSchema("automock-infra test environment", testEnvironmentFields),
};

function jsonSchema(title: string, fields: z.ZodType): string {
  const schema = z.toJSONSchema(fields, { io: "input", target: "draft-2020-12" });
  return `${JSON.stringify({ title, ...schema }, undefined, 2)}\n`;
}
