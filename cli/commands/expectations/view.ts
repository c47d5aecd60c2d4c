import { formatTable, type Colors } from "../../output";
import type { History } from "../../../operations/expectations/history";

export function formatHistory({ versions, more }: History, colors: Colors): string {
  const rows = versions.map(
    ({ versionId, uploadedAt, current, deleted, bytes, expectations, by, message, initial }) => [
      versionId,
      current ? colors.green("current") : "",
      uploadedAt.slice(0, 19).replace("T", " "),
      deleted ? "deleted" : String(expectations ?? "not an array"),
      deleted ? "" : String(bytes),
      by?.split("/").at(-1) ?? (initial ? "deploy" : "another tool"),
      message ?? "",
    ],
  );
  const head = ["VERSION", "", "UPLOADED (UTC)", "EXPECTATIONS", "BYTES", "BY", "MESSAGE"];
  const table = formatTable(head, rows, { colors, right: [3, 4] });
  return more ? `${table}\nThere are older versions; --limit shows more.` : table;
}
