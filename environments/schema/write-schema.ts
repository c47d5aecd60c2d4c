import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { JSON_SCHEMAS } from "./json-schema";

for (const [file, schema] of Object.entries(JSON_SCHEMAS)) {
  writeFileSync(join(__dirname, "..", file), schema());
  process.stdout.write(`wrote environments/${file}\n`);
}
