import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastLines, run } from "../../operations/process";

/** A certificate and its key, as PEM files. */
export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
}

const DAYS = "30";
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** The certificate authority of a local AWS: clients trust it as they trust that of RDS on AWS. Made by `openssl`. */
export class Authority {
  private serial = 1;

  private constructor(
    private readonly env: NodeJS.ProcessEnv,
    private readonly own: Certificate,
  ) {}

  /** @throws when `openssl` is missing or fails */
  static async create(folder: string, env: NodeJS.ProcessEnv): Promise<Authority> {
    mkdirSync(folder, { recursive: true });
    const own = filesIn(folder);
    const config = write(folder, [
      ...["[req]", "distinguished_name=name", "x509_extensions=own", "prompt=no"],
      ...["[name]", "CN=Authority of the local AWS"],
      ...["[own]", "basicConstraints=critical,CA:true", "keyUsage=critical,keyCertSign"],
      "subjectKeyIdentifier=hash",
    ]);
    const out = ["-keyout", own.keyFile, "-out", own.certificateFile, "-days", DAYS];
    await openssl(["req", "-x509", ...NEW_KEY, "-config", config, ...out], env);
    return new Authority(env, own);
  }

  /** What clients trust, as a PEM file. */
  get certificateFile(): string {
    return this.own.certificateFile;
  }

  /** A certificate for a server with these host names, in a folder of its own. */
  async issue(names: readonly string[], folder: string): Promise<Certificate> {
    mkdirSync(folder, { recursive: true });
    const issued = filesIn(folder);
    const config = write(folder, [
      ...["[req]", "distinguished_name=name", "prompt=no", "[name]", `CN=${names[0]}`.slice(0, 64)],
      ...["[server]", `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`],
      "extendedKeyUsage=serverAuth",
    ]);
    const request = join(folder, "request.pem");
    await openssl(
      ["req", "-new", ...NEW_KEY, "-config", config, "-keyout", issued.keyFile, "-out", request],
      this.env,
    );
    const { certificateFile, keyFile } = this.own;
    const by = ["-CA", certificateFile, "-CAkey", keyFile, "-set_serial", String(++this.serial)];
    const extensions = ["-extfile", config, "-extensions", "server"];
    const out = ["-out", issued.certificateFile, "-days", DAYS, "-sha256"];
    await openssl(["x509", "-req", "-in", request, ...by, ...extensions, ...out], this.env);
    return issued;
  }
}

function filesIn(folder: string): Certificate {
  return { certificateFile: join(folder, "certificate.pem"), keyFile: join(folder, "key.pem") };
}

function write(folder: string, lines: readonly string[]): string {
  const file = join(folder, "openssl.cnf");
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

async function openssl(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { exitCode, stdout, stderr } = await run("openssl", { args, env, timeoutSeconds: 60 });
  if (exitCode !== 0) throw new Error(`"openssl ${args[0]}" failed: ${lastLines(stdout + stderr, 3)}`);
}
