import { createColors } from "picocolors";
import { formatHistory } from "../../../../cli/commands/expectations/view";

const at = (minute: number) => `2026-01-01T12:0${minute}:00Z`;

it("formatHistory shows a table, and says that there are older versions", () => {
  const text = formatHistory(
    {
      stack: "automock-demo",
      bucket: "b",
      versions: [
        { versionId: "v4", uploadedAt: at(4), current: true, deleted: false, bytes: 4 },
        { versionId: "v3", uploadedAt: at(3), current: false, deleted: true, bytes: 0 },
        {
          versionId: "v2",
          uploadedAt: at(2),
          current: false,
          deleted: false,
          bytes: 175,
          expectations: 2,
          by: "arn:aws:iam::1:user/bob",
          message: "first",
        },
        {
          versionId: "v1",
          uploadedAt: at(1),
          current: false,
          deleted: false,
          bytes: 3,
          expectations: 0,
          initial: true,
        },
      ],
      more: true,
    },
    createColors(false),
  );
  expect(text.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
    ["VERSION", "UPLOADED (UTC)", "EXPECTATIONS", "BYTES", "BY", "MESSAGE"],
    ["v4", "current", "2026-01-01 12:04:00", "not an array", "4", "another tool"],
    ["v3", "2026-01-01 12:03:00", "deleted", "another tool"],
    ["v2", "2026-01-01 12:02:00", "2", "175", "bob", "first"],
    ["v1", "2026-01-01 12:01:00", "0", "3", "deploy"],
    ["There are older versions; --limit shows more."],
  ]);
});
