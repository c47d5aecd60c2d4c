import { join } from "node:path";
import type { ReaperCode } from "../../modules/ttl-cleanup/reaper-function";

/** Code that never changes, so that golden files change with the infrastructure only. */
export const FIXED_REAPER_CODE: ReaperCode = {
  zipFile: join(__dirname, "reaper-code.zip"),
  sha256Base64: "Zml4ZWQgZm9yIHRlc3RzLCBuZXZlciBkZXBsb3llZC4=",
};
