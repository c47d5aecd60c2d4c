import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../operations/process";

const folder = mkdtempSync(join(tmpdir(), "deploy-image-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("npm run deploy:image says what is wrong with its options, and calls nobody", () => {
  writeFileSync(join(folder, "empty.json"), "");
  const image = `r@sha256:${"a".repeat(64)}`;
  it.each([
    ["nothing", [], "Name --cluster, --service and --image, or --rollback with a file."],
    ["no image", ["--cluster", "c", "--service", "s"], "Name --cluster, --service and --image"],
    [
      "a tag",
      ["--cluster", "c", "--service", "s", "--image", "r:v1"],
      '"r:v1" does not name an image by digest',
    ],
    [
      "two things at once",
      ["--rollback", "x.json", "--image", image],
      "--rollback reads everything from its file",
    ],
    [
      "no such file",
      ["--rollback", join(folder, "none.json")],
      "none.json is not a record of a deployment (ENOENT). Name a file that --record wrote.",
    ],
    [
      "a broken file",
      ["--rollback", join(folder, "empty.json")],
      "empty.json is not a record of a deployment",
    ],
    ["no time", ["--timeout-minutes", "0"], '--timeout-minutes is "0"; use a number above 0.'],
  ])("%s", async (_, args, message) => {
    const { exitCode, stderr } = await run(process.execPath, {
      args: [
        "--import",
        "tsx",
        join(__dirname, "..", "..", "..", "operations", "delivery", "deploy-image.ts"),
        ...args,
      ],
      env: { PATH: process.env.PATH, AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: "http://127.0.0.1:9" },
    });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
  });
});
