import { LOCAL_SOURCE_HEADER } from "../../../local/session";
import { createClients } from "../../../operations/aws/clients";
import { accessOf, allowedAddress, urlOf } from "../../../operations/control-plane/access";
import { Dashboard, reused } from "../../../operations/control-plane/dashboard";
import { signToken } from "../../../operations/control-plane/token";
import type { Cli } from "../../context";
import { locate } from "../../locate";
import { DEFAULT_TOKEN_MINUTES } from "../control-plane/options";
import { untilCtrlC } from "../until-ctrl-c";

export async function dashboardCommand(cli: Cli, id: string, port: number): Promise<never> {
  const { output } = cli;
  const { ref } = await locate(cli, id);
  const access = accessOf(ref);
  const clients = await createClients(cli.clientConfig(ref.region), "elb", "kms", "sts");
  const url = await urlOf(clients, ref);
  const minutes = DEFAULT_TOKEN_MINUTES;
  const sign = reused(() => signToken(clients, ref, { minutes, now: Date.now() }), {
    minutes,
    now: Date.now,
  });
  const token = async () => (access === "networksOnly" ? undefined : (await sign()).token);
  await token(); // a missing right is said here, not in the browser
  if (url.startsWith("http:") && !cli.local) {
    output.progress(
      `${ref.id} has no domain, so tokens go over plain HTTP: anyone who reads the traffic can use one for up to ${minutes} minutes.`,
    );
  }
  const address = cli.local && allowedAddress(ref);
  const dashboard = await Dashboard.open({
    ...{ url, port, token, log: output.progress },
    ...(address !== undefined && { headers: { [LOCAL_SOURCE_HEADER]: address } }),
  });
  output.result({ stack: ref.id, url: dashboard.url }, () => output.line(dashboard.url));
  output.progress("Open this address in a browser; it works for this user only. Ctrl-C ends it.");
  return untilCtrlC();
}
