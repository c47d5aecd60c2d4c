import { graphOf } from "./graph";
import { layoutOf } from "./layout";
import { svgOf } from "./svg";

/**
 * Draws a stack's architecture from its synthesized JSON (parsed `cdk.tf.json`), with networks as boxes and traffic as
 * arrows. The SVG is self-contained and deterministic.
 *
 * @throws Error when the value is not a synthesized stack
 */
export async function drawStack(synthesized: unknown, options: { title: string }): Promise<string> {
  const graph = graphOf(synthesized);
  return svgOf(graph, await layoutOf(graph), options.title);
}
