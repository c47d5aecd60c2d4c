import { EventEmitter, once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { WebSocketServer, type WebSocket } from "ws";
import { AgentSession, type Work } from "../../../../local/sessions/session";
import { Channel, type Address, type ChannelOptions } from "../../../../operations/admin-box/session/channel";

type Fate = "deliver" | "drop" | "repeat" | "delay";

/** A connection that loses, repeats and delays messages in both directions. */
class Lossy extends EventEmitter {
  constructor(
    private readonly socket: WebSocket,
    private readonly fate: () => Fate,
  ) {
    super();
    socket.on("message", (data, isBinary) => this.pass(() => this.emit("message", data, isBinary)));
    socket.on("close", () => this.emit("close"));
  }

  send(data: Buffer): void {
    this.pass(() => this.socket.send(data));
  }

  close(): void {
    this.socket.close();
  }

  private pass(deliver: () => void): void {
    const fate = this.fate();
    if (fate === "drop") return;
    if (fate === "delay") return void setTimeout(deliver, 30);
    deliver();
    if (fate === "repeat") deliver();
  }
}

/** An agent that runs something real, and a client that has joined it. */
class Pair {
  readonly agent: AgentSession;
  readonly output: Buffer[] = [];
  /** Connections so far. */
  joined = 0;
  resumed = 0;
  /** Pings of the client, each answered. */
  pings = 0;
  private isOver = false;
  private readonly sockets = new Set<WebSocket>();

  private constructor(
    work: Work,
    private readonly server: WebSocketServer,
    fate: () => Fate,
  ) {
    const env = { PATH: process.env.PATH, TERM: "xterm", TMUX: "none" };
    this.agent = new AgentSession({ work, env, cwd: tmpdir(), onEnd: () => (this.isOver = true) });
    server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("ping", () => this.pings++);
      socket.once("message", () => {
        this.joined++;
        this.agent.join(new Lossy(socket, fate) as unknown as WebSocket);
      });
    });
  }

  static async of(
    work: Work,
    { fate = () => "deliver" as Fate, ...options }: { fate?: () => Fate } & Partial<ChannelOptions> = {},
    server: { autoPong?: boolean } = {},
  ): Promise<{ pair: Pair; channel: Channel }> {
    const webSockets = new WebSocketServer({ port: 0, host: "127.0.0.1", ...server });
    await once(webSockets, "listening");
    const pair = new Pair(work, webSockets, fate);
    const channel = new Channel(pair.address, {
      onOutput: (data) => pair.output.push(data),
      resume: async () => {
        pair.resumed++;
        return pair.isOver ? undefined : pair.address;
      },
      ...options,
    });
    open.push(() => {
      channel.close();
      pair.stop();
    });
    return { pair, channel };
  }

  private get address(): Address {
    const { port } = this.server.address() as AddressInfo;
    return { sessionId: "s", streamUrl: `ws://127.0.0.1:${port}/`, token: "t" };
  }

  /** The connection breaks; the work goes on. */
  cut(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  get text(): string {
    return Buffer.concat(this.output).toString("utf8");
  }

  stop(): void {
    this.agent.end("");
    this.cut();
    this.server.close();
  }
}

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** The same fates each time, so that a failure repeats. */
function seeded(): () => Fate {
  let state = 7;
  const fates: readonly Fate[] = ["deliver", "deliver", "deliver", "deliver", "drop", "repeat", "delay"];
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return fates[Math.floor((state / 2 ** 32) * fates.length)]!;
  };
}

it("a command's output and exit code arrive whole over a connection that drops, repeats and delays", async () => {
  const { pair, channel } = await Pair.of(
    { kind: "command", command: "for i in 1 2 3 4 5 6 7 8 9; do echo grün $i; done; exit 7" },
    { fate: seeded() },
  );
  expect((await channel.ended).exitCode).toBe(7);
  expect(pair.text).toBe(Array.from({ length: 9 }, (_, i) => `grün ${i + 1}\n`).join(""));
});

it("a paste of 64 KiB comes back byte for byte over such a connection, characters split between messages too", async () => {
  const paste = Buffer.from("grün 日本 ".repeat(8_000)).subarray(0, 65_536);
  const { pair, channel } = await Pair.of(
    { kind: "command", command: "head -c 65536 | cat" },
    { fate: seeded() },
  );
  await channel.ready;
  channel.write(paste);
  expect((await channel.ended).exitCode).toBe(0);
  expect(Buffer.concat(pair.output).equals(paste)).toBe(true);
});

it("a paste of a megabyte comes back byte for byte", async () => {
  const paste = Buffer.from("grün 日本 ".repeat(81_000)).subarray(0, 1_048_576);
  const { pair, channel } = await Pair.of({ kind: "command", command: "head -c 1048576 | cat" });
  await channel.ready;
  channel.write(paste);
  expect((await channel.ended).exitCode).toBe(0);
  expect(Buffer.concat(pair.output).equals(paste)).toBe(true);
});

it("a broken connection is resumed: the shell keeps its state, and what was typed meanwhile arrives once", async () => {
  const { pair, channel } = await Pair.of({ kind: "command", command: "cat" });
  await channel.ready;
  channel.write(Buffer.from("before\n"));
  await until(() => pair.text === "before\n");
  pair.cut();
  channel.write(Buffer.from("meanwhile\n"));
  await until(() => pair.text.length > "before\n".length);
  expect(pair.text).toBe("before\nmeanwhile\n");
  expect([pair.joined, pair.resumed]).toEqual([2, 1]);
});

it("a connection without an answer to its pings counts as broken, and is resumed", async () => {
  const { pair, channel } = await Pair.of(
    { kind: "command", command: "cat" },
    { patience: { pingMs: 20, silenceMs: 300 } },
    { autoPong: false },
  );
  await channel.ready;
  await until(() => pair.joined >= 2);
  expect(pair.resumed).toBeGreaterThanOrEqual(1);
});

it("a connection that answers pings is kept, however long nobody types", async () => {
  let now = performance.now();
  const clock = jest.spyOn(performance, "now").mockImplementation(() => now);
  const { pair, channel } = await Pair.of({ kind: "command", command: "cat" });
  await channel.ready;
  for (let minute = 1; minute <= 5; minute++) {
    now += 60_000;
    await until(() => pair.pings >= minute);
  }
  expect(pair.joined).toBe(1);
  clock.mockRestore();
});

it("a session that has ended meanwhile ends the channel", async () => {
  const { pair, channel } = await Pair.of(
    { kind: "command", command: "cat" },
    { resume: async () => undefined },
  );
  await channel.ready;
  pair.cut();
  expect(await channel.ended).toEqual({ message: "The session has ended.", exitCode: undefined });
});
