import { OtherRegion, type Cli } from "./context";
import { accountOf } from "../operations/aws/account";
import type { Located } from "../operations/leases/located";
import { parseStackId } from "../environments/schema/systems";
import { specOfRun } from "../contract/test-run";
import { UserError } from "../contract/user-error";

/**
 * Finds a stack by its id, even if its environment's file is missing. The account is then that of the credentials, and
 * the region is `--region` or the configured one. A caller that finds nothing in AWS either throws `unknown`.
 */
export async function locate(cli: Cli, id: string): Promise<Located> {
  try {
    return { ref: cli.stack(id) };
  } catch (error) {
    if (error instanceof OtherRegion) throw error;
    const parsed = parseStackId(id);
    if (error instanceof UserError && parsed === undefined && specOfRun(id) !== undefined) {
      throw new UserError(
        `${error.message}\nA test environment has commands of its own: automock test-env show ${id}, automock test-env down ${id}.`,
      );
    }
    if (!(error instanceof UserError) || parsed === undefined) throw error;
    const { system, environment } = parsed;
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(environment)) throw error;
    const region = await regionOf(cli, error);
    const accountId = await accountOf(cli.clientConfig(region));
    return { ref: { id, system, environment, accountId, region }, unknown: error };
  }
}

async function regionOf(cli: Cli, unknown: UserError): Promise<string> {
  if (cli.options.region !== undefined) return cli.options.region;
  if (cli.local) return cli.local.region;
  const { STSClient } = await import("@aws-sdk/client-sts");
  const { profile } = cli.options;
  try {
    return await new STSClient(profile === undefined ? {} : { profile }).config.region();
  } catch {
    throw unknown;
  }
}
