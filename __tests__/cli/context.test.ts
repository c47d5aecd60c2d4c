import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { handle, type Cli } from "../../cli/context";
import { environmentsFolder } from "../support/environments-folder";

describe("a broken file of another ephemeral environment", () => {
  let folder: string;
  let printed: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "context-"));
    mkdirSync(join(folder, "environments"));
    environmentsFolder(join(folder, "environments"));
    writeFileSync(join(folder, "cdktf.json"), "{}");
    writeFileSync(join(folder, "environments", "ephemeral", "theirs.json"), '{\n"name": }\n');
    jest.spyOn(process, "cwd").mockReturnValue(folder);
    printed = "";
    jest.spyOn(process.stderr, "write").mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  async function cli(): Promise<Cli> {
    let opened: Cli | undefined;
    const command = { optsWithGlobals: () => ({}) };
    await handle((one) => {
      opened = one;
      return Promise.resolve();
    })(command);
    return opened!;
  }

  it("stops no command that does not concern it, which says what it leaves out and why", async () => {
    expect((await cli()).usableEnvironments().map(({ name }) => name)).toEqual(["prod", "staging"]);
    expect(printed).toBe(
      [
        "Left out, because its file has faults:",
        "environments/ephemeral/theirs.json",
        '  given:   line 2, column 9: "name": }',
        "  allowed: JSON",
        "  fix:     a value is missing",
        "",
      ].join("\n"),
    );
  });

  it("is the answer to a command that names it, or that needs every environment", async () => {
    const one = await cli();
    expect(one.stack("automock-prod").environment).toBe("prod");
    expect(() => one.stack("automock-theirs")).toThrow("environments/ephemeral/theirs.json");
    expect(() => one.environments()).toThrow("environments/ephemeral/theirs.json");
  });
});
