import fc from "fast-check";
import { decode, encode, PAYLOAD } from "../../../../operations/admin-box/session/message";
import { Stream } from "../../../../operations/admin-box/session/stream";

/** Two ends over a network that drops, repeats and reorders; time is counted in ticks. */
function network(fate: () => "deliver" | "drop" | "repeat" | "delay") {
  let now = 0;
  let wire: { readonly to: "agent" | "client"; readonly bytes: Buffer }[] = [];
  const got: Record<"agent" | "client", Buffer[]> = { agent: [], client: [] };
  const end = (
    self: "agent" | "client",
    to: "agent" | "client",
    sends: "input_stream_data" | "output_stream_data",
  ) =>
    new Stream({
      sends,
      transmit: (bytes) => void wire.push({ to, bytes }),
      deliver: ({ payload }) => void got[self].push(payload),
      now: () => now,
    });
  const client = end("client", "agent", "input_stream_data");
  const agent = end("agent", "client", "output_stream_data");
  const step = () => {
    const sent = wire;
    wire = [];
    const late: typeof wire = [];
    for (const packet of sent) {
      const what = fate();
      if (what === "drop") continue;
      if (what === "delay") {
        late.push(packet);
        continue;
      }
      for (let i = 0; i < (what === "repeat" ? 2 : 1); i++) {
        (packet.to === "agent" ? agent : client).receive(decode(packet.bytes)!);
      }
    }
    wire.push(...late.reverse());
    now += 200;
    client.tick();
    agent.tick();
  };
  return { client, agent, got, step };
}

it("delivers every byte once and in order over a network that drops, repeats and reorders", () =>
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme", minLength: 1 }), { minLength: 1, maxLength: 60 }),
      fc.infiniteStream(fc.constantFrom("deliver", "deliver", "drop", "repeat", "delay")),
      (texts, fates) => {
        const { client, agent, got, step } = network(() => fates.next().value!);
        for (const text of texts) {
          client.send(PAYLOAD.output, Buffer.from(text));
          agent.send(PAYLOAD.output, Buffer.from(text));
        }
        let steps = 0;
        while (client.unacknowledged + agent.unacknowledged > 0 && steps++ < 2_000) step();
        expect(Buffer.concat(got.agent).toString()).toBe(texts.join(""));
        expect(Buffer.concat(got.client).toString()).toBe(texts.join(""));
      },
    ),
    { numRuns: 50 },
  ));

it("a paste of a megabyte arrives whole, characters split between messages too", () => {
  const paste = Buffer.from("grün 日本 ".repeat(81_000)).subarray(0, 1_048_576);
  const { client, got, step } = network(() => "deliver");
  for (let at = 0; at < paste.length; at += 1024) client.send(PAYLOAD.output, paste.subarray(at, at + 1024));
  for (let i = 0; i < 100 && client.unacknowledged > 0; i++) step();
  expect(Buffer.concat(got.agent).equals(paste)).toBe(true);
});

it("after a silence of 10 s the messages come again with the new connection, and none twice", () => {
  let isUp = false;
  const { client, got, step } = network(() => (isUp ? "deliver" : "drop"));
  client.send(PAYLOAD.output, Buffer.from("a"));
  client.send(PAYLOAD.output, Buffer.from("b"));
  for (let i = 0; i < 50; i++) step();
  expect(got.agent).toEqual([]);
  isUp = true;
  client.reconnected();
  for (let i = 0; i < 30; i++) step();
  expect(Buffer.concat(got.agent).toString()).toBe("ab");
  expect(client.unacknowledged).toBe(0);
});

it("sends nothing while the agent pauses, and goes on afterwards", () => {
  const { client, got, step } = network(() => "deliver");
  const say = (type: "pause_publication" | "start_publication") =>
    client.receive(decode(encode({ type, sequence: 0, payload: Buffer.alloc(0) }))!);
  say("pause_publication");
  client.send(PAYLOAD.output, Buffer.from("x"));
  step();
  expect(got.agent).toEqual([]);
  say("start_publication");
  step();
  expect(Buffer.concat(got.agent).toString()).toBe("x");
});

describe("a message", () => {
  const message = {
    type: "input_stream_data",
    sequence: 7,
    payloadType: 1,
    payload: Buffer.from("grün"),
  } as const;

  it("is the same after encoding and decoding", () =>
    expect(decode(encode({ ...message, id: "01234567-89ab-cdef-0123-456789abcdef" }))).toEqual({
      ...message,
      id: "01234567-89ab-cdef-0123-456789abcdef",
    }));

  it.each([
    ["cut", (bytes: Buffer) => bytes.subarray(0, -1)],
    ["damaged", (bytes: Buffer) => (bytes.writeUInt8(bytes.at(-1)! ^ 1, bytes.length - 1), bytes)],
    ["empty", () => Buffer.alloc(0)],
  ])("that is %s does not count", (_, spoil) => expect(decode(spoil(encode(message)))).toBeUndefined());
});
