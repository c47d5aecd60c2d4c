import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { initialized, type InitPlace } from "../../../operations/delivery/initialized";
import type { Terraform } from "../../../operations/terraform/terraform";

const HOUR = 3_600_000;
const BACKEND = { terraform: { backend: { s3: { key: "a" } } }, provider: { aws: [{}] } };

const now = jest.spyOn(Date, "now");
afterAll(() => now.mockRestore());

let root: string;
let inits: string[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "initialized-"));
  mkdirSync(join(root, "data"));
  inits = [];
  now.mockReturnValue(0);
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const lockOf = (folder: string) => join(folder, ".terraform.lock.hcl");

/** A new folder of the stack. @param lock content of its lock file */
function place(name: string, configuration: object = BACKEND, more: Partial<InitPlace> = {}, lock?: string) {
  const folder = join(root, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(configuration));
  if (lock !== undefined) writeFileSync(lockOf(folder), lock);
  const terraform = {
    version: "1.11.4",
    init: async () => {
      inits.push(name);
      if (!existsSync(lockOf(folder))) writeFileSync(lockOf(folder), "aws 5.100.0");
    },
  } as unknown as Terraform;
  return { terraform, folder, dataFolder: join(root, "data"), ...more };
}

const done = async () => "done";
const run = (...args: Parameters<typeof place>) => initialized(place(...args), done);

it("runs init once; later folders get its lock file", async () => {
  expect(await run("one")).toBe("done");
  expect(await run("two", { ...BACKEND, resource: { aws_vpc: {} } })).toBe("done");
  expect(await run("three", BACKEND, {}, "aws 5.100.0")).toBe("done");
  expect(inits).toEqual(["one"]);
  expect(readFileSync(lockOf(join(root, "two")), "utf8")).toBe("aws 5.100.0");
});

it.each<[string, Parameters<typeof place>[1], Partial<InitPlace>, string | undefined]>([
  ["another backend", { ...BACKEND, terraform: { backend: { s3: { key: "b" } } } }, {}, undefined],
  ["another provider", { ...BACKEND, provider: { aws: [{}], random: [{}] } }, {}, undefined],
  ["modules", { ...BACKEND, module: { vpc: { source: "./vpc" } } }, {}, undefined],
  ["another AWS", BACKEND, { localEndpoint: "http://127.0.0.1:1" }, undefined],
  ["another lock file", BACKEND, {}, "aws 6.0.0"],
])("runs init again for %s", async (_, configuration, more, lock) => {
  await run("one");
  await run("two", configuration, more, lock);
  expect(inits).toEqual(["one", "two"]);
});

it("runs init again for another version of terraform", async () => {
  await run("one");
  const next = place("two");
  await initialized({ ...next, terraform: { ...next.terraform, version: "1.12.0" } as Terraform }, done);
  expect(inits).toEqual(["one", "two"]);
});

it("runs init again after a day, and when the clock was put back", async () => {
  await run("one");
  now.mockReturnValue(24 * HOUR - 1);
  await run("two");
  expect(inits).toEqual(["one"]);
  now.mockReturnValue(24 * HOUR);
  await run("three");
  now.mockReturnValue(0);
  await run("four");
  expect(inits).toEqual(["one", "three", "four"]);
});

it("runs init when terraform asks for it, and then the work again", async () => {
  await run("one");
  const answers = ["Error: Required plugins are not installed\n\nrun:\n  terraform init", undefined];
  const work = async () => {
    const failure = answers.shift();
    if (failure !== undefined) throw new Error(failure);
    return "done";
  };
  expect(await initialized(place("two"), work)).toBe("done");
  expect([inits, answers]).toEqual([["one", "two"], []]);
});

it("does not repeat work that fails for another reason", async () => {
  await run("one");
  const work = jest.fn().mockRejectedValue(new Error("Error acquiring the state lock"));
  await expect(initialized(place("two"), work)).rejects.toThrow("state lock");
  expect([inits, work.mock.calls.length]).toEqual([["one"], 1]);
});

it("an init that fails, or a record that is half written, counts as none", async () => {
  await run("one");
  const other = place("two", { ...BACKEND, terraform: {} });
  const terraform = { version: "1.11.4", init: () => Promise.reject(new Error("killed")) };
  await expect(initialized({ ...other, terraform: terraform as unknown as Terraform }, done)).rejects.toThrow(
    "killed",
  );
  await run("three");
  writeFileSync(join(root, "data", "initialized.json"), '{"setup":');
  await run("four");
  expect(inits).toEqual(["one", "three", "four"]);
});
