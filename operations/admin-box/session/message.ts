import { createHash, randomUUID } from "node:crypto";

/**
 * Binary messages of a Session Manager data channel. Layout and numbers:
 * https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/session/contracts/model.go
 */

export type MessageType =
  | "input_stream_data"
  | "output_stream_data"
  | "acknowledge"
  | "channel_closed"
  | "start_publication"
  | "pause_publication";

/** What the payload of a stream message is. */
export const PAYLOAD = {
  output: 1,
  error: 2,
  size: 3,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  encryptionChallengeRequest: 8,
  flag: 10,
  stdErr: 11,
  exitCode: 12,
} as const;

/** Values of a payload of type `flag`, as a 32-bit number. */
export const FLAG = { disconnectToPort: 1, terminateSession: 2, connectToPortError: 3 } as const;

/** Bytes of stream data in one message, as the agent expects them. */
export const CHUNK_BYTES = 1024;

export interface Message {
  readonly type: MessageType;
  /** Place in the stream, from 0; the two directions count apart. */
  readonly sequence: number;
  readonly payloadType: number;
  readonly payload: Buffer;
  readonly id: string;
}

const HEADER_BYTES = 116;
const AT = {
  type: 4,
  version: 36,
  created: 40,
  sequence: 48,
  flags: 56,
  id: 64,
  digest: 80,
  payloadType: 112,
};

export function encode({
  type,
  sequence,
  payloadType = 0,
  payload,
  id = randomUUID(),
}: Pick<Message, "type" | "sequence" | "payload"> & Partial<Message>): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + 4 + payload.length);
  bytes.writeUInt32BE(HEADER_BYTES, 0);
  bytes.write(type.padEnd(32, " "), AT.type, "latin1");
  bytes.writeUInt32BE(1, AT.version);
  bytes.writeBigUInt64BE(BigInt(Date.now()), AT.created);
  bytes.writeBigInt64BE(BigInt(sequence), AT.sequence);
  // Bit 0: first message of a stream, bit 1: last one. An acknowledgement is both.
  bytes.writeBigUInt64BE(type === "acknowledge" ? 3n : sequence === 0 ? 1n : 0n, AT.flags);
  const uuid = Buffer.from(id.replaceAll("-", ""), "hex");
  uuid.copy(bytes, AT.id, 8, 16); // the less significant half comes first
  uuid.copy(bytes, AT.id + 8, 0, 8);
  createHash("sha256").update(payload).digest().copy(bytes, AT.digest);
  bytes.writeUInt32BE(payloadType, AT.payloadType);
  bytes.writeUInt32BE(payload.length, HEADER_BYTES);
  payload.copy(bytes, HEADER_BYTES + 4);
  return bytes;
}

/** The message in these bytes, or `undefined` if they are cut or damaged: the other side then sends it again. */
export function decode(bytes: Buffer): Message | undefined {
  if (bytes.length < HEADER_BYTES + 4) return undefined;
  const header = bytes.readUInt32BE(0);
  if (bytes.length < header + 4) return undefined;
  const length = bytes.readUInt32BE(header);
  const payload = bytes.subarray(header + 4, header + 4 + length);
  const digest = bytes.subarray(AT.digest, AT.digest + 32);
  const isWhole = payload.length === length;
  if (!isWhole || (length > 0 && !createHash("sha256").update(payload).digest().equals(digest))) {
    return undefined;
  }
  const hex = Buffer.concat([
    bytes.subarray(AT.id + 8, AT.id + 16),
    bytes.subarray(AT.id, AT.id + 8),
  ]).toString("hex");
  return {
    type: bytes.toString("latin1", AT.type, AT.version).replace(/[\0 ]+$/, "") as MessageType,
    sequence: Number(bytes.readBigInt64BE(AT.sequence)),
    payloadType: bytes.readUInt32BE(AT.payloadType),
    payload,
    id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
  };
}

/** Acknowledges a stream message. */
export function acknowledge({ type, id, sequence }: Message): Buffer {
  return encode({
    type: "acknowledge",
    sequence: 0,
    payload: Buffer.from(
      JSON.stringify({
        AcknowledgedMessageType: type,
        AcknowledgedMessageId: id,
        AcknowledgedMessageSequenceNumber: sequence,
        IsSequentialMessage: true,
      }),
    ),
  });
}

/** The sequence number that an acknowledgement is for. */
export function acknowledged({ payload }: Message): number | undefined {
  try {
    const { AcknowledgedMessageSequenceNumber } = JSON.parse(payload.toString("utf8")) as {
      readonly AcknowledgedMessageSequenceNumber?: number;
    };
    return AcknowledgedMessageSequenceNumber;
  } catch {
    return undefined;
  }
}
