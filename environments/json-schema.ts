import { z } from "zod";
import { environmentFields } from "./fields";

/** JSON Schema of an environment file, as text; editors complete and check the files with it. */
export function environmentJsonSchema(): string {
  const schema = z.toJSONSchema(environmentFields, { io: "input", target: "draft-2020-12" });
  return `${JSON.stringify({ title: "automock-infra environment", ...schema }, undefined, 2)}\n`;
}
