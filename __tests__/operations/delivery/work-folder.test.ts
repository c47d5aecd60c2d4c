import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Workspace } from "../../../operations/workspace";
import { refuseUnsavedState, UNSAVED_STATE, workFolder } from "../../../operations/delivery/work-folder";
import type { Terraform } from "../../../operations/terraform/terraform";

const terraform = { with: () => terraform } as unknown as Terraform;
let projectFolder: string;
beforeEach(() => void (projectFolder = mkdtempSync(join(tmpdir(), "work-"))));
afterEach(() => rmSync(projectFolder, { recursive: true }));

const placeOf = (localEndpoint?: string) => ({ projectFolder, localEndpoint });

/** What an apply leaves that could not save its state. */
function crash(place: Pick<Workspace, "projectFolder" | "localEndpoint">, stack: string): string {
  const work = workFolder(place, terraform, stack);
  mkdirSync(work.folder);
  writeFileSync(join(work.folder, UNSAVED_STATE), "{}");
  work.remove();
  return work.folder;
}

it("goes when the work is done", () => {
  const work = workFolder(placeOf(), terraform, "automock-demo");
  mkdirSync(work.folder);
  work.remove();
  expect(existsSync(work.out)).toBe(false);
});

it("stays with a state that could not be saved, which has to be saved before the stack is worked on", () => {
  const folder = crash(placeOf(), "automock-demo");
  const path = relative(process.cwd(), folder);
  expect(() => refuseUnsavedState(placeOf(), "automock-demo")).toThrow(
    `An earlier apply of automock-demo could not save its state. The state exists only in ${join(folder, UNSAVED_STATE)}. Nothing was changed.\n` +
      "When the bucket is reachable again, run\n" +
      `  terraform -chdir=${path} init && terraform -chdir=${path} state push errored.tfstate && rm -r ${join(path, "..")}\n` +
      "If none of its resources exist any more, delete that folder instead.",
  );
});

it("does not concern other stacks; a local state does not concern a real AWS", () => {
  crash(placeOf(), "automock-demo");
  const local = placeOf("http://127.0.0.1:1");
  crash(local, "automock-staging");
  for (const stack of ["automock-demo-1", "automock", "automock-staging"])
    refuseUnsavedState(placeOf(), stack);
  refuseUnsavedState(local, "automock-demo");
  expect(() => refuseUnsavedState(local, "automock-staging")).toThrow("automock-staging could not save");
});
