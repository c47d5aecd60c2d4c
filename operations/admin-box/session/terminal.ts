import type { Channel, Ended } from "./channel";

/** The terminal of the person, as far as a session uses it. */
export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/** Size that the shell gets when the output is no terminal. */
const NO_TERMINAL = { columns: 80, rows: 24 };
const HANG_UP_MS = 1_000;
const RESTORE_ON = ["exit", "uncaughtExceptionMonitor"] as const;

/**
 * Connects a terminal to the shell of a session until that ends. The terminal is raw meanwhile: each key goes to the
 * shell, Ctrl-C too. However this process ends, except by SIGKILL, the terminal gets its mode back.
 */
export async function attach(channel: Channel, { input, output }: Terminal): Promise<Ended> {
  const resize = () => {
    const { columns = NO_TERMINAL.columns, rows = NO_TERMINAL.rows } = output;
    channel.resize(columns, rows);
  };
  const wasRaw = input.isTTY ? input.isRaw : undefined;
  const restore = () => {
    if (input.isTTY && wasRaw !== undefined) input.setRawMode(wasRaw);
  };
  const onData = (data: Buffer) => channel.write(data);
  /** The end of a script or pipe ends the shell as Ctrl-D does; again, as a shell that still starts drops it. */
  let hangUp: NodeJS.Timeout | undefined;
  const onEnd = () => {
    const controlD = () => channel.write(Buffer.from([4]));
    controlD();
    hangUp = setInterval(controlD, HANG_UP_MS);
  };
  for (const event of RESTORE_ON) process.on(event, restore);
  try {
    await channel.ready;
    resize();
    if (input.isTTY) input.setRawMode(true);
    output.on("resize", resize);
    input.on("data", onData);
    input.once("end", onEnd);
    input.resume();
    return await channel.ended;
  } finally {
    clearInterval(hangUp);
    input.off("data", onData);
    input.off("end", onEnd);
    input.pause();
    output.off("resize", resize);
    restore();
    for (const event of RESTORE_ON) process.off(event, restore);
  }
}
