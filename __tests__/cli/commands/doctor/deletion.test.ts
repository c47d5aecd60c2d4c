import { checkDeletion } from "../../../../cli/commands/doctor/deletion";
import { stacksOf } from "../../../../environments/schema/stacks";
import { ephemeralEnvironment, prodEnvironment } from "../../../support/environments";
import { RegistryTable } from "../../../support/registry-table";

const table = new RegistryTable();
const check = (environments = [prodEnvironment, ephemeralEnvironment]) =>
  checkDeletion(table.registry, stacksOf(environments));

it("says that deletion is enabled, or how to enable it", async () => {
  expect(await check()).toEqual([
    { name: "deletion", status: "ok", found: "enabled: expired environments are deleted" },
  ]);
  table.deletionEnabled = false;
  expect(await check()).toEqual([
    {
      name: "deletion",
      status: "warning",
      found: "not enabled: the reaper only reports which ephemeral environments it would delete",
      fix: "When the reports are what you expect, run automock bootstrap --enable-deletion.",
    },
  ]);
});

it("asks nothing where no environment is ephemeral, and waits for the registry where there is none", async () => {
  table.missing = true;
  expect(await check([prodEnvironment])).toEqual([]);
  expect(await check()).toEqual([{ name: "deletion", status: "skipped", found: "requires the reaper" }]);
});
