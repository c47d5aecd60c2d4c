import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** AWS on loopback, as far as a plan asks it: whose credentials they are, and the states in the bucket. */
export class FakeStates {
  /** Contents of the bucket by key. */
  readonly states = new Map<string, string>();
  /** False answers that the bucket does not exist. */
  hasBucket = true;

  private constructor(private readonly server: Server) {}

  static async start(accountId: string): Promise<FakeStates> {
    const server = createServer((request, response) => {
      response.setHeader("content-type", "text/xml");
      if (request.method === "POST") {
        response.end(
          `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${accountId}</Account>` +
            "</GetCallerIdentityResult></GetCallerIdentityResponse>",
        );
        return;
      }
      const [, key] = /^\/[^/]+\/([^?]+)/.exec(request.url ?? "")!;
      const state = fake.hasBucket ? fake.states.get(key!) : undefined;
      if (state === undefined) response.statusCode = 404;
      response.setHeader("last-modified", "Sat, 21 Nov 2026 08:30:00 GMT");
      response.end(state ?? `<Error><Code>${fake.hasBucket ? "NoSuchKey" : "NoSuchBucket"}</Code></Error>`);
    });
    const fake = new FakeStates(server);
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  readonly clientConfig = (region: string) => ({
    region,
    endpoint: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

  stop(): Promise<void> {
    return new Promise((resolve) => void this.server.close(() => resolve()));
  }
}
