import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Stage } from "../../local/stage";
import { eventually } from "./eventually";

const LIFECYCLE = "aws_s3_bucket_lifecycle_configuration";

/**
 * Bootstraps a stage whose terraform lines it hears, so that environments can be deployed a minute earlier: the
 * provider waits that long for the lifecycle rules of the state bucket, which no environment needs.
 */
export class EarlyBootstrap {
  private created = 0;

  readonly onLine = (line: string): void => {
    if (line.includes(": Creation complete after ") && !line.includes(`${LIFECYCLE}.`)) this.created++;
  };

  /**
   * Begins, and resolves when everything but lifecycle rules is created. `finished` is for the end: the rules are
   * created, and the state is in its bucket.
   *
   * @param bootstrap does it
   */
  async begin<T>(stage: Stage, bootstrap: () => Promise<T>): Promise<{ readonly finished: Promise<T> }> {
    const synthesized = join(stage.stackFolder("bootstrap"), "cdk.tf.json");
    const { resource } = JSON.parse(readFileSync(synthesized, "utf8")) as {
      resource: Record<string, Record<string, unknown>>;
    };
    const others = Object.entries(resource).filter(([type]) => type !== LIFECYCLE);
    const needed = others.reduce((sum, [, byName]) => sum + Object.keys(byName).length, 0);
    let ended = false;
    const finished = bootstrap().finally(() => (ended = true));
    finished.catch(() => undefined); // the caller awaits it
    await eventually(
      "the bootstrap stack is created but for lifecycle rules",
      () => ended || this.created >= needed,
    );
    return { finished };
  }
}
