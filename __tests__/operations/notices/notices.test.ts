import { readFileSync } from "node:fs";
import { join } from "node:path";
import { notices, type Lock } from "../../../operations/notices/notices";

const PROJECT = join(__dirname, "..", "..", "..");
const read = (file: string) => readFileSync(join(PROJECT, file), "utf8");

it("the file is that of today's packages (npm run notices rewrites it)", () =>
  expect(read("THIRD_PARTY_NOTICES.md")).toBe(notices(JSON.parse(read("package-lock.json")) as Lock)));

it("the project has the license that its package names", () => {
  expect((JSON.parse(read("package.json")) as { license: string }).license).toBe("MIT");
  expect(read("LICENSE")).toMatch(/^MIT License\n/);
});

it("names every package that runs once, and those with further conditions besides", () => {
  const text = notices({
    packages: {
      "": { license: "MIT" },
      "node_modules/a": { version: "1.0.0", license: "MIT" },
      "node_modules/b/node_modules/a": { version: "1.0.0", license: "MIT" },
      "node_modules/@x/c": { version: "2.0.0", license: "MPL-2.0" },
      "node_modules/d": { version: "3.0.0", license: "EPL-2.0", dev: true },
      "node_modules/e": { version: "4.0.0", license: "ISC", dev: true },
      "node_modules/f": { version: "5.0.0", license: "(GPL-3.0-or-later OR MIT)", dev: true },
      "node_modules/g": { version: "6.0.0", license: "Apache-2.0 AND EPL-2.0", dev: true },
    },
  });
  const rows = text.split("\n").filter((line) => /^\| [@\w/]+ \| \d/.test(line));
  expect(rows).toEqual([
    "| @x/c | 2.0.0 | MPL-2.0 | running |",
    "| d | 3.0.0 | EPL-2.0 | building and testing |",
    "| g | 6.0.0 | Apache-2.0 AND EPL-2.0 | building and testing |",
    "| @x/c | 2.0.0 | MPL-2.0 |",
    "| a | 1.0.0 | MIT |",
  ]);
});

it("refuses a package without a license", () =>
  expect(() => notices({ packages: { "node_modules/a": { version: "1.0.0" } } })).toThrow(
    "Packages without a license: a.",
  ));
