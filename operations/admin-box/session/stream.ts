import { acknowledge, acknowledged, encode, type Message, type MessageType } from "./message";

export interface StreamOptions {
  /** Type of the messages that this side sends. */
  readonly sends: Extract<MessageType, "input_stream_data" | "output_stream_data">;
  /** Sends bytes on the connection, if there is one. */
  readonly transmit: (bytes: Buffer) => void;
  /** Receives each message of the other side once and in order. */
  readonly deliver: (message: Message) => void;
  /** Milliseconds that only grow. */
  readonly now: () => number;
}

/** Milliseconds without an acknowledgement after which a message is sent again; doubled each time up to the second. */
const RESEND_MS = { first: 400, most: 3_000 };

/** Messages on their way at once; more wait, so that a paste of a megabyte does not flood the agent. */
const WINDOW = 128;

/** Early messages that are kept; more are dropped, and come again because they are not acknowledged. */
const MOST_EARLY = 1_024;

interface Pending {
  readonly bytes: Buffer;
  /** When it was last sent; absent while it waits. */
  sentAt?: number;
  attempts: number;
}

/**
 * One end of the two streams of a data channel, over a connection that loses, repeats and reorders messages or is
 * replaced: every message is delivered once and in order.
 */
export class Stream {
  private nextOut = 0;
  private nextIn = 0;
  private paused = false;
  private readonly pending = new Map<number, Pending>();
  private readonly early = new Map<number, Message>();

  constructor(private readonly options: StreamOptions) {}

  /** Number of messages that the other side has not acknowledged. */
  get unacknowledged(): number {
    return this.pending.size;
  }

  send(payloadType: number, payload: Buffer): void {
    const sequence = this.nextOut++;
    const bytes = encode({ type: this.options.sends, sequence, payloadType, payload });
    this.pending.set(sequence, { bytes, attempts: 0 });
    this.fill();
  }

  /** Takes a message from the connection. */
  receive(message: Message): void {
    switch (message.type) {
      case "acknowledge": {
        this.pending.delete(acknowledged(message) ?? -1);
        return this.fill();
      }
      case "pause_publication":
        this.paused = true;
        return;
      case "start_publication":
        this.paused = false;
        return this.fill();
      default:
        return this.accept(message);
    }
  }

  /** Sends again what is due. Call it several times a second. */
  tick(): void {
    const now = this.options.now();
    for (const entry of this.inFlight()) {
      const wait = Math.min(RESEND_MS.first * 2 ** (entry.attempts - 1), RESEND_MS.most);
      if (now - entry.sentAt! >= wait) this.transmit(entry);
    }
  }

  /** The connection is a new one: everything that is not acknowledged is sent again at once. */
  reconnected(): void {
    for (const entry of this.inFlight()) this.transmit(entry);
    this.fill();
  }

  private accept(message: Message): void {
    const { sequence } = message;
    if (sequence > this.nextIn && this.early.size >= MOST_EARLY) return;
    this.options.transmit(acknowledge(message));
    if (sequence < this.nextIn) return;
    this.early.set(sequence, message);
    for (let next = this.early.get(this.nextIn); next; next = this.early.get(this.nextIn)) {
      this.early.delete(this.nextIn++);
      this.options.deliver(next);
    }
  }

  private fill(): void {
    if (this.paused) return;
    let room = WINDOW;
    for (const entry of this.pending.values()) {
      if (room-- <= 0) return;
      if (entry.sentAt === undefined) this.transmit(entry);
    }
  }

  private inFlight(): Pending[] {
    return this.paused ? [] : [...this.pending.values()].filter(({ sentAt }) => sentAt !== undefined);
  }

  private transmit(entry: Pending): void {
    entry.sentAt = this.options.now();
    entry.attempts++;
    this.options.transmit(entry.bytes);
  }
}
