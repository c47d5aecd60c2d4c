import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AWS_CLI_TAG, digestOf, DIGESTS_FILE } from "../../../contract/images";
import { imagesOf, lookUp, writeDigests } from "../../../operations/images/images";
import { digestInRegistry } from "../../../operations/images/registry";
import { prodEnvironment, stagingEnvironment } from "../../support/environments";
import { spoil } from "../../support/spoil";

const DIGEST = `sha256:${"a1".repeat(32)}`;
const MOCKSERVER = "public.ecr.aws/mockserver/mockserver:9.1.0";

describe("a registry of the OCI distribution API", () => {
  let server: Server;
  let host: string;
  const asked: string[] = [];

  beforeAll(async () => {
    server = createServer(({ method, url, headers }, response) => {
      asked.push(`${method} ${url} ${headers.authorization ?? "-"}`);
      if (url!.startsWith("/token")) return void response.end('{"token":"anonymous"}');
      if (url!.includes("/open/"))
        return void response.writeHead(200, { "docker-content-digest": DIGEST }).end();
      if (url!.includes("/odd/"))
        return void response.writeHead(200, { "docker-content-digest": "md5:1" }).end();
      if (headers.authorization !== "Bearer anonymous") {
        const realm = url!.includes("/foreign/") ? "http://example.com/token" : `http://${host}/token`;
        const challenge = `Bearer realm="${realm}",service="s",scope="repository:a/b:pull"`;
        return void response.writeHead(401, { "www-authenticate": challenge }).end();
      }
      const known = url === "/v2/a/b/manifests/1.0";
      response.writeHead(known ? 200 : 404, known ? { "docker-content-digest": DIGEST } : {}).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => void asked.splice(0));
  afterAll(() => void server.close());

  it("tells the digest of a tag, with an anonymous token where it asks for one", async () => {
    expect(await digestInRegistry(`${host}/open/b:1.0`)).toBe(DIGEST);
    expect(await digestInRegistry(`${host}/a/b:1.0`)).toBe(DIGEST);
    expect(asked).toEqual([
      "HEAD /v2/open/b/manifests/1.0 -",
      "HEAD /v2/a/b/manifests/1.0 -",
      "GET /token?service=s&scope=repository%3Aa%2Fb%3Apull -",
      "HEAD /v2/a/b/manifests/1.0 Bearer anonymous",
    ]);
  });

  it("an unknown tag, a strange digest, a login over plain HTTP, a bad name and no network are errors", async () => {
    const fault = (image: string) => digestInRegistry(image).catch(({ message }: Error) => message);
    expect(await fault(`${host}/a/b:2.0`)).toBe(`${host} has no image a/b:2.0.`);
    expect(await fault(`${host}/odd/b:1`)).toBe(`${host} did not tell the digest of odd/b:1 (status 200).`);
    expect(await fault(`${host}/foreign/b:1`)).toMatch(
      /asks for a login that is not supported: Bearer realm=/,
    );
    expect(await fault("busybox")).toBe('"busybox" is not an image: write registry/repository:tag.');
    expect(await fault("127.0.0.1:9/a/b:1")).toMatch(
      /^The registry of 127\.0\.0\.1:9\/a\/b:1 cannot be reached \(.+\)\. Check the network or a proxy\.$/,
    );
  });
});

it("the images of environments are those of AutoMock's tasks, without those that have a digest of their own", () => {
  expect(imagesOf([prodEnvironment, stagingEnvironment])).toEqual([AWS_CLI_TAG, MOCKSERVER]);
  expect(imagesOf([spoil(prodEnvironment, "automock.imageDigest", DIGEST)])).toEqual([AWS_CLI_TAG]);
  expect(imagesOf([{ ...prodEnvironment, automock: undefined }])).toEqual([]);
});

it("an update pins every image to its current digest", async () => {
  const states = await lookUp(["a/b:2", "a/c:1"], {
    resolve: async () => DIGEST,
    pinnedOf: (image) => (image === "a/b:2" ? DIGEST : undefined),
  });
  expect(states).toEqual([
    { image: "a/b:2", pinned: DIGEST, current: DIGEST },
    { image: "a/c:1", current: DIGEST },
  ]);
  const folder = mkdtempSync(join(tmpdir(), "images-"));
  mkdirSync(join(folder, "contract"));
  writeDigests(folder, states);
  expect(readFileSync(join(folder, DIGESTS_FILE), "utf8")).toBe(
    `{\n  "a/b:2": "${DIGEST}",\n  "a/c:1": "${DIGEST}"\n}\n`,
  );
  rmSync(folder, { recursive: true });
});

it("the AWS CLI's image is pinned", () => expect(digestOf(AWS_CLI_TAG)).toMatch(/^sha256:[0-9a-f]{64}$/));
