import { ADMIN_SYSTEM, adminNames } from "../../../contract/admin-box";
import { tagsFor } from "../../../contract/tags";
import { UserError } from "../../../contract/user-error";
import { sectionOf } from "../../../environments/schema/systems";
import { stacksOf, type DefinedStack } from "../../../environments/schema/stacks";
import { listBoxes, type Box } from "../../../operations/admin-box/boxes";
import { systemClock, type AdminPlace } from "../../../operations/admin-box/place";
import { createClients } from "../../../operations/aws/clients";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Cli } from "../../context";

/**
 * The admin stack that a command is about.
 *
 * @throws UserError if there is none, or several and none is named
 */
export async function openPlace(cli: Cli, { stack }: { readonly stack?: string }): Promise<AdminPlace> {
  const { definition, accountId, region, environment } = findAdminStack(cli, stack);
  const { instanceTypes, network, instanceConnect } = sectionOf(definition, "admin");
  const { owner, costCenter } = definition;
  return {
    names: adminNames({ accountId, region, environment }),
    settings: { environment, instanceTypes, subnetIds: network?.subnetIds, instanceConnect },
    tags: tagsFor({ system: ADMIN_SYSTEM, environment, owner, costCenter, ephemeral: false }),
    clients: await createClients(
      cli.clientConfig(region),
      "cloudWatch",
      "ec2",
      "instanceConnect",
      "quotas",
      "scheduler",
      "ssm",
      "sts",
    ),
    clock: systemClock,
  };
}

function findAdminStack(cli: Cli, id: string | undefined): DefinedStack {
  const { region } = cli.options;
  const stacks = stacksOf(cli.usableEnvironments()).filter(({ system }) => system === ADMIN_SYSTEM);
  const found = stacks.filter(
    (stack) =>
      (region === undefined || stack.region === region) &&
      (id === undefined || stack.id === id || stack.environment === id),
  );
  if (found.length === 1) return found[0]!;
  if (stacks.length === 0) {
    throw new UserError(
      "No environment has admin boxes. Add admin: {} to one, for example in environments/staging.ts, and run automock deploy admin-staging.",
    );
  }
  const asked = [id === undefined ? "" : ` "${id}"`, region === undefined ? "" : ` in ${region}`].join("");
  const ids = stacks.map((stack) => `${stack.id} in ${stack.region}`).join(", ");
  throw new UserError(
    found.length > 1
      ? `There are several admin stacks; name one with --stack: ${ids}.`
      : `There is no admin stack${asked}. The admin stacks are ${ids}.`,
  );
}

/** `aws:userid` of the caller, as the tag of a box has it. */
export async function callerOf({ clients }: AdminPlace): Promise<string> {
  const { UserId } = await clients.sts.send(new GetCallerIdentityCommand({}));
  return UserId!;
}

/**
 * A box by its id, or the caller's only one.
 *
 * @throws UserError if there is no such box, or the caller has several
 */
export async function findBox(place: AdminPlace, id: string | undefined): Promise<Box> {
  const boxes = await listBoxes(place.clients, place.settings.environment);
  if (id !== undefined) {
    const box = boxes.find((each) => each.id === id);
    if (box) return box;
    throw new UserError(`There is no box ${id}. automock admin list shows the boxes.`);
  }
  const caller = await callerOf(place);
  const mine = boxes.filter(({ launchedBy }) => launchedBy === caller);
  const [box, ...others] = mine;
  if (box && others.length === 0) return box;
  throw new UserError(
    box
      ? `You have several boxes; name one: ${mine.map((each) => each.id).join(", ")}.`
      : "You have no box. automock admin up launches one.",
  );
}
