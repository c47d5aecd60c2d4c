import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { parseState } from "../../../operations/delivery/state";
import { isSamePlan } from "../../../operations/terraform/plan-file";
import { describeWith } from "../../support/requires";

/** Resources of Terraform itself: no provider to download, no cloud. */
const CONFIG = `
variable "size" { default = 1 }
resource "terraform_data" "each" {
  for_each = toset(["b", "a"])
  input    = var.size
}
resource "terraform_data" "some" { count = 2 }
output "size" { value = var.size }
output "secret" {
  value     = terraform_data.each["a"].output
  sensitive = true
}
`;

describeWith(["terraform"], "files that terraform wrote", () => {
  const folder = mkdtempSync(join(tmpdir(), "plan-file-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function terraform(...args: string[]): string {
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
    const { status, stdout, stderr } = spawnSync("terraform", args, { cwd: folder, env, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    return stdout;
  }
  const plan = (name: string, ...args: string[]) => {
    terraform("plan", `-out=${name}`, ...args);
    return readFileSync(join(folder, name));
  };
  const shown = (name: string) => JSON.parse(terraform("show", "-json", name)) as { timestamp: string };

  beforeAll(() => {
    writeFileSync(join(folder, "main.tf"), CONFIG);
    terraform("init");
    terraform("apply", "-auto-approve");
  });

  it("a plan is the same as one of another time, and no other one", () => {
    const approved = plan("approved", "-var=size=2");
    const { timestamp } = shown("approved");
    while (new Date().toISOString().slice(0, 19) <= timestamp.slice(0, 19)); // its precision is a second
    expect(isSamePlan(approved, plan("now", "-var=size=2"))).toBe(true);
    expect(shown("now").timestamp).not.toBe(timestamp);
    expect(isSamePlan(approved, plan("other", "-var=size=3"))).toBe(false);
    expect(isSamePlan(approved, plan("destroys", "-var=size=2", "-destroy"))).toBe(false);
  });

  it("a state says the same as terraform does of it", () => {
    const { addresses, outputs } = parseState(readFileSync(join(folder, "terraform.tfstate"), "utf8"));
    expect(addresses).toEqual(terraform("state", "list").trim().split("\n").sort());
    expect(outputs).toEqual({
      size: { value: 1, sensitive: false },
      secret: { value: 1, sensitive: true },
    });
    expect(JSON.parse(terraform("output", "-json"))).toMatchObject(outputs);
  });
});

describe("plan files", () => {
  /** A message with one field of a text, and the time. */
  const message = (text: string, time: string) =>
    Uint8Array.of(
      ...[0x1a, text.length, ...strToU8(text)],
      ...[0xaa, 0x01, time.length, ...strToU8(time)],
      ...[0xc8, 0x01, 0x01],
    );
  const file = (text: string, time: string, more: Record<string, Uint8Array> = {}) =>
    zipSync({ tfplan: message(text, time), tfstate: strToU8("{}"), ...more });
  const approved = file("a", "1");

  it.each([
    ["another time", file("a", "2"), true],
    ["another change", file("b", "1"), false],
    ["another state", file("a", "1", { tfstate: strToU8("[]") }), false],
    ["one part more", file("a", "1", { more: strToU8("") }), false],
    ["no plan", zipSync({ tfstate: strToU8("{}") }), false],
    ["no archive", strToU8("plan"), false],
  ])("with %s", (_, other, isSame) => {
    expect([isSamePlan(approved, other), isSamePlan(other, approved)]).toEqual([isSame, isSame]);
  });

  it.each([
    ["an unknown wire type", [0x0d, 0, 0, 0, 0]],
    ["a field that is cut off", [0x1a, 5, 0]],
    ["a number that is cut off", [0x08, 0x80]],
  ])("with %s are never the same, because it cannot be read", (_, bytes) => {
    const strange = zipSync({ tfplan: Uint8Array.from(bytes) });
    expect(isSamePlan(strange, strange)).toBe(false);
  });
});
