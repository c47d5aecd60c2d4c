import { MetricUnit, Metrics as PowertoolsMetrics } from "@aws-lambda-powertools/metrics";
import type { Metrics } from "../../../cleanup/engine/ports";

/** Metrics as log lines (EMF). The environment is never a dimension, because each value would be a separate metric. */
export function metrics(powertools: PowertoolsMetrics): Metrics {
  return {
    add(name, value, dimension) {
      const unit = name.endsWith("Ms") ? MetricUnit.Milliseconds : MetricUnit.Count;
      if (!dimension) powertools.addMetric(name, unit, value);
      else {
        // A separate line, because a dimension on the shared one would apply to all other metrics.
        const single = powertools.singleMetric();
        single.addDimension(dimension.name, dimension.value);
        single.addMetric(name, unit, value);
      }
    },
  };
}
