import { graphOf } from "./graph";
import { layoutOf } from "./layout";
import { svgOf } from "./svg";

/**
 * Draws a stack's architecture from its synthesized JSON (parsed `cdk.tf.json`): networks as boxes, traffic as
 * arrows. The SVG is self-contained and the same for the same stack.
 *
 * @throws Error when the value is no synthesized stack
 */
export async function drawStack(synthesized: unknown, options: { title: string }): Promise<string> {
  const graph = graphOf(synthesized);
  return svgOf(graph, await layoutOf(graph), options.title);
}
