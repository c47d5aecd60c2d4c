import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptiedState, parseState } from "../../../../lambda/ttl-cleanup/terraform-state/state-file";
import { describeWith } from "../../../support/requires";

/** Resources of Terraform itself: no provider to download, no cloud. */
const CONFIG = `
variable "size" { default = 1 }
resource "terraform_data" "all" {
  for_each = toset(["a", "b"])
  input    = var.size
}
output "size" { value = var.size }
`;

describeWith(["terraform"], "Terraform and an emptied state", () => {
  const folder = mkdtempSync(join(tmpdir(), "emptied-state-"));
  const stateFile = join(folder, "terraform.tfstate");
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function terraform(...args: string[]): { code: number | null; text: string } {
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
    const { status, stdout, stderr } = spawnSync("terraform", args, { cwd: folder, env, encoding: "utf8" });
    return { code: status, text: stdout + stderr };
  }

  beforeAll(() => {
    writeFileSync(join(folder, "main.tf"), CONFIG);
    expect(terraform("init", "-no-color")).toMatchObject({ code: 0 });
    expect(terraform("apply", "-auto-approve", "-no-color")).toMatchObject({ code: 0 });
    expect(terraform("plan", "-var=size=2", "-out=saved", "-no-color")).toMatchObject({ code: 0 });
    const full = parseState(readFileSync(stateFile));
    expect(full.instances.map(({ address }) => address)).toEqual([
      'terraform_data.all["a"]',
      'terraform_data.all["b"]',
    ]);
    writeFileSync(stateFile, emptiedState(full));
  });

  it("has nothing in its state", () => {
    expect(terraform("state", "list")).toEqual({ code: 0, text: "" });
  });

  it("refuses the plan that was saved before", () => {
    const { code, text } = terraform("apply", "-no-color", "saved");
    expect(code).toBe(1);
    expect(text).toContain("Saved plan is stale");
  });

  it("plans to create everything, and can", () => {
    expect(terraform("plan", "-no-color").text).toContain("Plan: 2 to add, 0 to change, 0 to destroy.");
    const before = parseState(readFileSync(stateFile));
    expect(terraform("apply", "-auto-approve", "-no-color")).toMatchObject({ code: 0 });
    const after = parseState(readFileSync(stateFile));
    expect(after.instances).toHaveLength(2);
    expect(after.lineage).toBe(before.lineage);
    expect(after.serial).toBeGreaterThan(before.serial);
  });
});
