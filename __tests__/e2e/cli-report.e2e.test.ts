import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { renderHtml } from "../../operations/review/html";
import { buildReport } from "../../operations/review/report";
import { findChromium } from "../support/chromium";
import { OVERFLOW_PX, textBelowContrast, UNFOLD } from "../support/page-scripts";
import { plannedStacks, type PlanName } from "../support/plans/plans";
import { describeWith } from "../support/requires";

/** WCAG 2.2, level AA, for text of common size: https://www.w3.org/TR/WCAG22/#contrast-minimum */
const LEAST_CONTRAST = 4.5;

const PAGES: readonly PlanName[] = ["replace", "update", "drift", "move", "errored", "many", "none"];
const DIAGRAM = readFileSync(join(__dirname, "..", "..", "docs", "diagrams", "automock-staging.svg"), "utf8");

describeWith(["chromium"], "the plan report in a browser", () => {
  let folder: string;
  let browser: Browser;
  const faults: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "report-"));
    for (const name of PAGES) {
      const stacks = plannedStacks(name).map((stack) => ({
        ...stack,
        diagramSvg: DIAGRAM,
        policy: [
          {
            level: "warning" as const,
            constructPath: `${stack.stack}/ecs`,
            message: "The listener speaks HTTP.",
          },
        ],
      }));
      const failed =
        name === "errored"
          ? [{ stack: "task-api-staging", error: "Error: no\n\n  on cdk.tf.json line 1" }]
          : [];
      const report = buildReport(stacks, { app: "automock-infra", unchangedStacks: ["bootstrap"], failed });
      writeFileSync(join(folder, `${name}.html`), renderHtml(report));
    }
    browser = await chromium.launch({
      executablePath: findChromium(),
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
    });
  });
  afterAll(async () => {
    await browser?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  async function open(name: PlanName, width: number, colorScheme: "light" | "dark" = "light"): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 740 }, colorScheme });
    page.on("console", (message) => faults.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) faults.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
    return page;
  }

  describe.each(PAGES)("%s", (name) => {
    it.each([360, 1280])(
      "at %d pixels: nothing to scroll sideways, folded and unfolded; the verdict is seen at once",
      async (width) => {
        const page = await open(name, width);
        const bottom = await page.locator("h1").evaluate((title) => title.getBoundingClientRect().bottom);
        expect(bottom).toBeLessThan(300);
        expect(await page.locator("h1").isVisible()).toBe(true);
        const overflow = () => page.evaluate(OVERFLOW_PX);
        expect(await overflow()).toBe(0);
        await page.evaluate(UNFOLD);
        expect(await overflow()).toBe(0);
        await page.close();
      },
    );

    it.each(["light", "dark"] as const)("text can be read on its ground: %s", async (scheme) => {
      const page = await open(name, 360, scheme);
      await page.evaluate(UNFOLD);
      expect(await page.evaluate(textBelowContrast(LEAST_CONTRAST))).toEqual([]);
      await page.close();
    });
  });

  it("a stack, a resource and the picture open by a click, without any script", async () => {
    const page = await open("replace", 360);
    const line = page.getByText('! cidr_block: "10.1.0.0/16" → "10.3.0.0/16"');
    expect(await line.isVisible()).toBe(false);
    await page.locator(".stack > summary", { hasText: /^automock-staging/ }).click();
    await page
      .locator("#stack-automock-staging summary", { hasText: /^replace networking\/vpc aws_vpc/ })
      .click();
    expect(await line.isVisible()).toBe(true);
    await page.getByText("Picture of automock-staging").click();
    const picture = page.locator("#stack-automock-staging img");
    expect(await picture.isVisible()).toBe(true);
    expect(
      await page.evaluate("document.querySelector('#stack-automock-staging img').naturalWidth"),
    ).toBeGreaterThan(300);
    await page.close();
  });

  it("a stack in the table leads to its changes, and unfolds them", async () => {
    const page = await open("replace", 1280);
    await page.locator(".stacks a", { hasText: "task-api-staging" }).click();
    expect(new URL(page.url()).hash).toBe("#stack-task-api-staging");
    expect(await page.locator("#stack-task-api-staging").isVisible()).toBe(true);
    expect(await page.locator("#stack-automock-staging").isVisible()).toBe(false);
    await page.close();
  });

  it("on paper it is unfolded and dark on light, whatever the screen is", async () => {
    const page = await open("replace", 1280, "dark");
    const line = page.getByText('! cidr_block: "10.1.0.0/16" → "10.3.0.0/16"');
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await line.evaluate((text) => text.getBoundingClientRect().height)).toBeGreaterThan(0);
    expect(await page.evaluate(textBelowContrast(LEAST_CONTRAST))).toEqual([]);
    await page.close();
  });

  it("on a phone the table is a list: each figure has its name beside it", async () => {
    const page = await open("replace", 360);
    const LABEL =
      "getComputedStyle(document.querySelector('.stacks td[data-label=Replace]'), '::before').content";
    const cell = page.locator('.stacks td[data-label="Replace"]').first();
    expect(await page.evaluate(LABEL)).toBe('"Replace"');
    expect(await cell.textContent()).toBe("32");
    await page.close();
  });

  it("no page wrote to the console or asked for anything", () => expect(faults).toEqual([]));
});
