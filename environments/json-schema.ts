import { z } from "zod";
import { environmentFields } from "./fields";

/** The JSON Schema of an environment file, for editors. */
export function environmentJsonSchema(): string {
  const schema = z.toJSONSchema(environmentFields, { io: "input", target: "draft-2020-12" });
  return `${JSON.stringify({ title: "automock-infra environment", ...schema }, undefined, 2)}\n`;
}
