import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { environmentJsonSchema } from "./json-schema";

const file = join(__dirname, "environment.schema.json");
writeFileSync(file, environmentJsonSchema());
process.stdout.write("wrote environments/environment.schema.json\n");
