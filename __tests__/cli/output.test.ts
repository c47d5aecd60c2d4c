import { createColors } from "picocolors";
import { createOutput, formatTable, printable } from "../../cli/output";

const colors = createColors(true);

describe("printable", () => {
  it("leaves text, line breaks, tabs and colours as they are", () => {
    const text = `a\tö ✓ 😀\n${colors.red("red")} ${colors.bold("bold")}`;
    expect(printable(text)).toBe(text);
  });

  it.each([
    ["\u001b[2J", "\\u001b[2J"],
    ["\u001b]0;title\u0007", "\\u001b]0;title\\u0007"],
    ["\u001b[1;31m", "\\u001b[1;31m"],
    ["gone\r", "gone\\u000d"],
    ["\u009b2J\u007f\b", "\\u009b2J\\u007f\\u0008"],
  ])("replaces the control characters in %j", (given, shown) => expect(printable(given)).toBe(shown));
});

it("escapes control characters in results and progress; JSON has its own escapes", () => {
  const written: string[] = [];
  const stream = {
    isTTY: true,
    write: (text: string) => written.push(text),
  } as unknown as NodeJS.WriteStream;
  const evil = { owner: "\u001b[2J" };
  const out = (json: boolean) => createOutput({ json, stdout: stream, stderr: stream, env: {} });
  out(false).line(evil.owner);
  out(false).progress(evil.owner);
  out(true).result(evil, () => undefined);
  expect(written).toEqual(["\\u001b[2J\n", "\\u001b[2J\n", '{\n  "owner": "\\u001b[2J"\n}\n']);
});

it("keeps a table cell on one line", () =>
  expect(
    formatTable(["OWNER", "AGE"], [["a\n  b\r\nc", "1 h"]], { colors: createColors(false) }).split("\n"),
  ).toEqual(["OWNER  AGE", "a b c  1 h"]));
