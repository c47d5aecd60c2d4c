import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createProgram } from "../../cli/program";
import { commandsOf } from "../support/parse-command";

/** What `automock test-env --help` and the help of its commands say, word by word: pipelines rely on the exit codes. */

const FILE = join(__dirname, "test-env-help.txt");

const text = commandsOf(createProgram())
  .filter(([name]) => /^test-env\b/.test(name))
  .map(([name, command]) => {
    let help = "";
    command.configureOutput({ writeOut: (part) => (help += part), getOutHelpWidth: () => 80 });
    command.outputHelp();
    return `$ automock ${name} --help\n${help}`;
  })
  .join("\n");

if (process.env.UPDATE_GOLDEN === "1") writeFileSync(FILE, text);

it("is the committed text (npm run golden:update rewrites it)", () =>
  expect(existsSync(FILE) ? readFileSync(FILE, "utf8") : "no golden file").toBe(text));
