import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../process";

/** A jar of Maven Central. */
export interface PinnedJar {
  readonly sha256: string;
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  readonly classifier?: string;
}

/** Newer ones read each jar's POM, and of some a parent is missing in Maven Central. */
const COPY = "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy";

/** Jars in lines such as `<sha256> io.netty:netty-buffer:4.2.19.Final`, with `:jar:<classifier>` where there is one. */
export function pinnedJars(text: string): PinnedJar[] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [sha256, coordinates] = line.split(" ") as [string, string];
      const [group, artifact, version, , classifier] = coordinates.split(":") as [
        string,
        string,
        string,
        string?,
        string?,
      ];
      return { sha256, group, artifact, version, ...(classifier !== undefined && { classifier }) };
    });
}

/**
 * Copies pinned jars into a folder with `mvn`. Returns the folder, which holds nothing else.
 *
 * @param list file with the jars
 * @throws when one cannot be fetched, or is not the one that is pinned
 */
export async function copyFromMaven(list: string, work: string, env: NodeJS.ProcessEnv): Promise<string> {
  const jars = pinnedJars(readFileSync(list, "utf8"));
  const folder = join(work, "jars");
  writeFileSync(join(work, "pom.xml"), pom(jars, folder));
  const args = ["--batch-mode", "--quiet", "--file", join(work, "pom.xml"), COPY];
  const { exitCode, stdout, stderr } = await run("mvn", { args, env, cwd: work, timeoutSeconds: 600 });
  if (exitCode !== 0) throw new Error(firstError(stdout + stderr));
  for (const jar of jars) {
    const found = createHash("sha256").update(readFileSync(join(folder, fileName(jar)))).digest("hex"); // prettier-ignore
    if (found !== jar.sha256)
      throw new Error(`${fileName(jar)} has the SHA-256 ${found}; ${jar.sha256} is expected.`);
  }
  return folder;
}

function fileName({ artifact, version, classifier }: PinnedJar): string {
  return `${[artifact, version, ...(classifier === undefined ? [] : [classifier])].join("-")}.jar`;
}

function firstError(output: string): string {
  const line = output.split("\n").find((one) => one.includes("ERROR"));
  return line?.replace(/^.*?ERROR\S* */, "").slice(0, 300) ?? "mvn failed without a message";
}

function pom(jars: readonly PinnedJar[], folder: string): string {
  const items = jars.map(
    ({ group, artifact, version, classifier }) =>
      `<artifactItem><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${
        classifier === undefined ? "" : `<classifier>${classifier}</classifier>`
      }</artifactItem>`,
  );
  return `<project>
<modelVersion>4.0.0</modelVersion>
<groupId>automock</groupId><artifactId>mockserver</artifactId><version>1</version><packaging>pom</packaging>
<build><plugins><plugin>
<groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId>
<configuration>
<outputDirectory>${folder.replace(/&/g, "&amp;").replace(/</g, "&lt;")}</outputDirectory>
<artifactItems>
${items.join("\n")}
</artifactItems>
</configuration>
</plugin></plugins></build>
</project>
`;
}
