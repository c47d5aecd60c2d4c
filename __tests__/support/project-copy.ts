import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyProject as copyTo, type ProjectCopy } from "../../operations/terraform/project-copy";

export type { ProjectCopy } from "../../operations/terraform/project-copy";

/** A copy of the project in a temporary folder. */
export function copyProject(): ProjectCopy {
  return copyTo(mkdtempSync(join(tmpdir(), "project-")));
}
