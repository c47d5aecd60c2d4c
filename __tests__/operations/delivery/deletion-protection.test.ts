import {
  refuseProtected,
  refuseProtectedByRecord,
  refuseStillProtected,
} from "../../../operations/delivery/deletion-protection";
import { stacksOf } from "../../../environments/schema/stacks";
import { ephemeralEnvironment, prodEnvironment, stagingEnvironment } from "../../support/environments";
import { RegistryTable } from "../../support/registry-table";
import { deleteOf, planOf, resource, updateOf } from "../../support/change";

const [prod, , staging] = stacksOf([prodEnvironment, stagingEnvironment]);

it("refuses what its file protects", () => {
  expect(() => refuseProtected(staging!)).not.toThrow();
  expect(() => refuseProtected(prod!)).toThrow(
    "automock-prod is protected: deletionProtection is true in prod's file. Nothing was changed.\n",
  );
});

const LOAD_BALANCER = "aws_lb.web_entrance_load-balancer_82063988";
const DATABASE = "aws_db_instance.database_instance_0A1B2C3D";

it("refuses what AWS would refuse after the rest is gone: the lifted protection is not deployed", () => {
  const plan = planOf([
    resource("aws_ecs_service.web_service_75EC5B54", deleteOf({ name: "mock" })),
    resource(LOAD_BALANCER, deleteOf({ enable_deletion_protection: true })),
    resource(DATABASE, deleteOf({ deletion_protection: true })),
  ]);
  expect(() => refuseStillProtected(staging!, { plan, synthesized: {} })).toThrow(
    "automock-staging is still protected: AWS refuses to delete\n" +
      "  web/entrance/load-balancer (aws_lb)\n" +
      "  database/instance (aws_db_instance)\n" +
      "The environment's file has deletionProtection: false, but that is not deployed yet. Nothing was changed.\n" +
      "To destroy it, run automock deploy automock-staging, then automock destroy automock-staging.",
  );
});

it("allows what is not protected, and what stays", () => {
  const on = { enable_deletion_protection: true };
  const plan = planOf([
    resource(LOAD_BALANCER, deleteOf({ enable_deletion_protection: false })),
    resource(DATABASE, deleteOf({ deletion_protection: null })),
    resource("aws_lb.web_entrance_load-balancer_82063988", updateOf(on, on)),
  ]);
  expect(() => refuseStillProtected(staging!, { plan, synthesized: {} })).not.toThrow();
});

describe("an ephemeral environment that automock protect keeps", () => {
  const [stack] = stacksOf([{ ...ephemeralEnvironment, name: "demo" }]);
  const table = new RegistryTable();

  it("is not destroyed, and the message says how to unprotect it", async () => {
    table.put({ protected: true });
    await expect(refuseProtectedByRecord(table.registry, stack!)).rejects.toThrow(
      "automock-demo is protected until someone unprotects it. Nothing was changed.\n" +
        "To destroy it, run automock unprotect automock-demo, then automock destroy automock-demo.",
    );
  });

  it("is destroyed when it is unprotected, has no record, or when the account has no registry", async () => {
    table.put({ protected: false });
    await refuseProtectedByRecord(table.registry, stack!);
    table.items.clear();
    await refuseProtectedByRecord(table.registry, stack!);
    table.missing = true;
    await refuseProtectedByRecord(table.registry, stack!);
  });

  it("is not destroyed when its record cannot be read", async () => {
    const get = () => Promise.reject(new Error("denied"));
    await expect(refuseProtectedByRecord({ get }, stack!)).rejects.toThrow("denied");
  });
});
