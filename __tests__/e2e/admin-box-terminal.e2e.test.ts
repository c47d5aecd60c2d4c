import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AdminStage, PROMPT, type Running } from "../support/admin-command";
import { describeWith } from "../support/requires";

/** The shell of `automock admin` in a real terminal, over the real connection. */
describeWith(["moto_server"], "the terminal of an admin box", () => {
  let stage: AdminStage;
  beforeAll(async () => {
    stage = await AdminStage.open();
  });
  afterAll(() => stage?.close());
  afterEach(() => stage.reset());

  const file = (name: string) => readFileSync(join(stage.folder, name), "utf8").trim();
  /** `up` in a terminal that notes its mode before and after. */
  async function open(): Promise<Running> {
    const terminal = stage.inTerminal(
      "tty >tty; stty rows 30 cols 100; stty -g >before; " +
        `sh -c 'echo $$ >pid; exec $0 "$@"' $automock admin up --reason terminal; echo $? >code; stty -g >after`,
    );
    await terminal.until(PROMPT);
    return terminal;
  }

  it("has the size of the person's, and follows it", async () => {
    const terminal = await open();
    // Each size reaches the shell some time after the prompt or the change.
    const follows = async (size: string) => {
      terminal.type(`until [ "$(stty size)" = "${size}" ]; do sleep 0.1; done; echo "it is" ${size}\r`);
      await terminal.until(`it is ${size}`);
    };
    await follows("30 100");
    const flag = process.platform === "darwin" ? "-f" : "-F";
    execFileSync("stty", [flag, file("tty"), "rows", "40", "cols", "120"]);
    await follows("40 120");
    terminal.type("exit\r");
    await terminal.exit;
  });

  it("outlives a broken connection, with all that was typed and written", async () => {
    const terminal = await open();
    terminal.type("kept=state\r");
    for (let i = 0; i < 3; i++) {
      stage.aws.sessions.disconnect();
      terminal.type(`echo "$kept-$((${i}+40))"\r`);
      await terminal.until(`state-${i + 40}`);
    }
    terminal.type("exit\r");
    await terminal.exit;
    expect(file("code")).toBe("0");
  });

  it("runs full-screen programs: each key reaches the shell, Ctrl-C too", async () => {
    const terminal = await open();
    // It says so when it runs: before that Ctrl-C would reach the shell, and the sleep would go on.
    terminal.type("sh -c 'echo asleep-$((1+1)); exec sleep 86400'\r");
    await terminal.until("asleep-2");
    terminal.type("\x03");
    terminal.type("echo still-$((1+1))\r");
    await terminal.until("still-2");
    terminal.type("exit\r");
    await terminal.exit;
    expect(file("code")).toBe("0");
  });

  it.each([
    ["the shell ends", (terminal: Running) => terminal.type("exit\r"), "0"],
    ["the command is terminated", () => process.kill(Number(file("pid")), "SIGTERM"), "143"],
    ["the connection of the terminal hangs up", () => process.kill(Number(file("pid")), "SIGHUP"), "129"],
    ["Ctrl-D", (terminal: Running) => terminal.type("\x04"), "0"],
    ["another command ends the box", () => stage.run("down", "--mine"), "0"],
  ])("gets its mode back, and the box ends, when %s", async (_, finish, code) => {
    const terminal = await open();
    await finish(terminal);
    await terminal.exit;
    expect(file("after")).toBe(file("before"));
    expect(file("code")).toBe(code);
    expect(await stage.listed()).toEqual([]);
  });
});
