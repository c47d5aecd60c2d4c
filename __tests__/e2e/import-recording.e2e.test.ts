import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { importExpectations } from "../../operations/expectations/import";
import { LocalMockServer } from "../../operations/expectations/server";
import { findChromium } from "../support/chromium";
import { describeWith } from "../support/requires";

const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const PAGE = `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/style.css"><img src="/dot.png">
<p id="out">…</p><script type="module">
const get = async (path, body) => (await fetch(path, body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })).json();
const items = await get("/api/items?page=2");
const [cat, dog] = [await get("/graphql", { query: "cat" }), await get("/graphql", { query: "dog" })];
document.querySelector("#out").textContent = [...items.names, cat.name, dog.name].join(" ");
</script>`;

/** A page with a style, an image, and an API with sessions. */
function answer(method: string, url: string, body: string): { type: string; body: string | Buffer } {
  if (url === "/") return { type: "text/html", body: PAGE };
  if (url === "/style.css") return { type: "text/css", body: "#out { color: rgb(1, 2, 3) }" };
  if (url === "/dot.png") return { type: "image/png", body: PIXEL };
  if (url === "/api/items?page=2") {
    return {
      type: "application/json",
      body: JSON.stringify({ names: ["Zoë", "Ida"], apiToken: "s3cr3t-t0ken" }),
    };
  }
  if (method === "POST") {
    const { query } = JSON.parse(body) as { query: string };
    return { type: "application/json", body: JSON.stringify({ name: query.toUpperCase() }) };
  }
  return { type: "text/plain", body: "" };
}

describeWith(["chromium", "java"], "a page that was recorded in a browser", () => {
  let folder: string;
  let site: Server;
  let browser: Browser;
  let server: LocalMockServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "recording-"));
    site = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (part: string) => (body += part));
      request.on("end", () => {
        const { type, body: content } = answer(request.method!, request.url!, body);
        response.writeHead(200, { "Content-Type": type, "Set-Cookie": "sid=abc123" }).end(content);
      });
    });
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    browser = await chromium.launch({
      executablePath: findChromium(),
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    site?.close();
    site?.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  });

  it("works against its mocks, without its secrets", async () => {
    const har = join(folder, "page.har");
    const context = await browser.newContext({ recordHar: { path: har, content: "embed" } });
    const before = await seen(
      await context.newPage(),
      `http://127.0.0.1:${(site.address() as AddressInfo).port}/`,
    );
    await context.close();
    const output = join(folder, "mocks.json");
    const result = importExpectations({
      file: har,
      output,
      only: [],
      without: [],
      hosts: [],
      checkRequests: false,
    });
    expect(result.leftOut).toMatchObject({ secrets: 1 });
    const text = readFileSync(output, "utf8");
    for (const secret of ["s3cr3t-t0ken", "abc123"]) expect(text).not.toContain(secret);
    const expectations = JSON.parse(text) as unknown[];
    server = await LocalMockServer.start({
      expectations,
      heapMiB: 96,
      env: process.env,
      log: () => undefined,
    });
    const after = await seen(await browser.newPage(), `http://127.0.0.1:${server.port}/`);
    expect(before).toEqual({ text: "Zoë Ida CAT DOG", color: "rgb(1, 2, 3)", width: 1 });
    expect(after).toEqual(before);
  });
});

interface Seen {
  readonly text: string;
  readonly color: string;
  readonly width: number;
}

async function seen(page: Page, url: string): Promise<Seen> {
  await page.goto(url);
  await page.waitForFunction(`document.querySelector("#out").textContent !== "…"`);
  return page.evaluate<Seen>(`({
    text: document.querySelector("#out").textContent,
    color: getComputedStyle(document.querySelector("#out")).color,
    width: document.querySelector("img").naturalWidth,
  })`);
}
