import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Front } from "../../../../operations/expectations/try/front";
import type { Trace } from "../../../../operations/expectations/server/trace";

const TRACE: Trace = { rejected: [], ended: true };

it("tells of the answers in their order, also if a later trace comes first", async () => {
  const upstream = createServer((_, response) => response.end("ok")).listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const ends: ((trace: Trace) => void)[] = [];
  const told: string[] = [];
  const front = await Front.open(
    {
      port: (upstream.address() as AddressInfo).port,
      trace: () => new Promise((resolve) => ends.push(resolve)),
    },
    { port: 0, onAnswer: ({ request }) => told.push(request.path) },
  );
  try {
    for (const [i, path] of ["/first", "/second"].entries()) {
      await (await fetch(`${front.url}${path}`, { headers: { connection: "close" } })).text();
      while (ends.length <= i) await new Promise(setImmediate);
    }
    ends[1]!(TRACE);
    await new Promise(setImmediate);
    expect(told).toEqual([]);
    ends[0]!(TRACE);
    await new Promise(setImmediate);
    expect(told).toEqual(["/first", "/second"]);
  } finally {
    front.close();
    upstream.close();
    upstream.closeAllConnections();
  }
});
