import { watch } from "../../../../cli/commands/status/watch";
import { createOutput } from "../../../../cli/output";

function setUp(options: { json?: boolean; terminal?: boolean } = {}) {
  let written = "";
  const stdout = {
    isTTY: options.terminal ?? false,
    write: (text: string) => ((written += text), true),
  } as unknown as NodeJS.WriteStream;
  const spy = jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    written += String(text);
    return true;
  });
  const output = createOutput({
    json: options.json ?? false,
    stdout,
    stderr: stdout,
    env: { NO_COLOR: "1" },
  });
  const ended = new AbortController();
  let looks = 0;
  const look = async () => {
    looks++;
    if (looks === 3) ended.abort();
    return { looks };
  };
  const run = () =>
    watch({
      output,
      intervalSeconds: 0.001,
      look,
      show: (value) => `look ${value.looks}`,
      signal: ended.signal,
    }).finally(() => spy.mockRestore());
  return { run, text: () => written };
}

it("writes one block after the other without a terminal", async () => {
  const { run, text } = setUp();
  await run();
  expect(text()).toBe("look 1\n\nlook 2\n\nlook 3\n\n");
});

it("writes one document per line with --json", async () => {
  const { run, text } = setUp({ json: true });
  await run();
  expect(text()).toBe('{"looks":1}\n{"looks":2}\n{"looks":3}\n');
});

it("refreshes in place on a terminal", async () => {
  const { run, text } = setUp({ terminal: true });
  await run();
  expect(text().split("\x1b[H\x1b[2J")).toEqual([
    "",
    ...[1, 2, 3].map((look) => `look ${look}\n\nrefreshes every 0.001 s; Ctrl-C to exit\n`),
  ]);
});
