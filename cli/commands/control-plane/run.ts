import { UserError } from "../../../contract/user-error";
import { createClients } from "../../../operations/aws/clients";
import { accessOf } from "../../../operations/control-plane/access";
import { signToken } from "../../../operations/control-plane/token";
import type { Cli } from "../../context";
import { locate } from "../../locate";

export async function tokenCommand(cli: Cli, id: string, minutes: number): Promise<void> {
  const { ref } = await locate(cli, id);
  if (accessOf(ref) === "networksOnly") {
    throw new UserError(
      `${ref.id} takes no tokens: its controlPlaneAuthentication is "networksOnly", so everyone in controlPlaneAllowedCidrs may use its control plane.`,
    );
  }
  const clients = await createClients(cli.clientConfig(ref.region), "kms", "sts");
  const { token, subject, expiresAt } = await signToken(clients, ref, { minutes, now: Date.now() });
  cli.output.progress(`Valid until ${expiresAt.toISOString()}, for ${subject}.`);
  cli.output.result({ stack: ref.id, token, subject, expiresAt: expiresAt.toISOString() }, () =>
    cli.output.line(token),
  );
}
